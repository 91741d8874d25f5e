/** The save loop: compare, swap, and after a lost race merge and try again. */

import { mergeJson } from "session-merge";
import { textAt } from "./documents.js";
import { SessionBusyError, SessionGoneError } from "./errors.js";

/** @typedef {import("session-merge/stores").CasStore} CasStore */
/** @typedef {import("session-merge/stores").Loaded} Loaded */
/** @typedef {import("./options.js").How} How */

/**
 * @typedef {Loaded & {
 *   conflicts: readonly import("session-merge").Conflict[],
 *   attempts: number,
 * }} Stored
 */

const LONGEST_PAUSE_MS = 50;

/**
 * Stores `mine`, merged with whatever others stored since `base`, and tells what was stored.
 *
 * `current` is what the store held when it was last heard of. Throws without having written
 * anything.
 *
 * @param {CasStore} store
 * @param {string} id
 * @param {string} base
 * @param {Loaded} current
 * @param {string} mine
 * @param {How} how
 * @returns {Promise<Stored>}
 */
export async function storeMerged(store, id, base, current, mine, how) {
  const { portable: rules, identity, ttl } = how;
  if (!store.merge || rules === null) {
    return swapMerged(store, id, base, current, mine, how);
  }
  const version = current.text === base ? current.version : null;
  const request = { base, version, mine, rules, identity, ttl: ttl(mine) };
  const outcome = await store.merge(id, request);
  if (outcome.status === "stored") {
    const { text, conflicts } = outcome;
    return { text, version: outcome.version, conflicts, attempts: 1 };
  }
  // The store could not merge them; merged here, the reason is raised as itself.
  return swapMerged(store, id, base, found(outcome), mine, how);
}

/**
 * @param {CasStore} store
 * @param {string} id
 * @param {string} base
 * @param {Loaded} current
 * @param {string} mine
 * @param {How} how
 * @returns {Promise<Stored>}
 */
async function swapMerged(store, id, base, current, mine, how) {
  const deadline = Date.now() + how.ceilingMs;
  let theirs = current;
  for (let attempts = 1; ; attempts++) {
    const { text, conflicts, changed } = merged(base, theirs, mine, how);
    if (!changed && !how.touch) {
      return { ...theirs, conflicts, attempts };
    }
    const outcome = await store.swap(id, theirs.version, text, how.ttl(text));
    if (outcome.status === "stored") {
      return { text, version: outcome.version, conflicts, attempts };
    }
    theirs = found(outcome);
    if (attempts >= how.attempts || Date.now() > deadline) {
      throw new SessionBusyError(attempts);
    }
    if (attempts > 1) {
      await pause(attempts);
      theirs = found(await store.load(id));
    }
  }
}

/**
 * What a store says is there, as something to merge with and swap out.
 *
 * @param {Exclude<import("session-merge/stores").Outcome, { status: "stored" }> | Loaded | null} it
 * @returns {Loaded}
 */
export function found(it) {
  if (it === null || !("text" in it)) {
    throw new SessionGoneError();
  }
  return { text: it.text, version: it.version };
}

/**
 * The text to store: `mine` as it is where nobody else has written.
 *
 * @param {string} base
 * @param {Loaded} theirs
 * @param {string} mine
 * @param {How} how
 */
export function merged(base, theirs, mine, { rules, identity }) {
  if (theirs.text === base) {
    return { text: mine, conflicts: [], changed: mine !== base };
  }
  if (identity !== undefined && !sameAt(identity, base, theirs.text)) {
    throw new SessionGoneError();
  }
  const { text, conflicts, changed } = mergeJson(base, theirs.text, mine, rules);
  return { text, conflicts, changed };
}

/**
 * Whether two sessions are the same user's: what was done as one is never merged into another's.
 *
 * @param {string} pointer
 * @param {string} one
 * @param {string} other
 */
export function sameAt(pointer, one, other) {
  return textAt(pointer, one) === textAt(pointer, other);
}

/**
 * Each lost swap means that somebody else's held, so the first retry comes at once; later ones
 * wait for a random while that grows.
 *
 * @param {number} attempts
 */
function pause(attempts) {
  const longest = Math.min(2 ** attempts, LONGEST_PAUSE_MS);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}
