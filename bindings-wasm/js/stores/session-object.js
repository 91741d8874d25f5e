import { mergeJson, Rules } from "session-merge";
import { changed, GONE, lost, stored } from "./outcomes.js";
import { sameAt } from "./saving.js";

/** @typedef {{ text: string, version: string, expires: number }} Entry */

const ENTRY = "session";
const METHODS = ["load", "create", "swap", "merge", "remove", "delete"];

/**
 * The Durable Object that holds one session.
 *
 * Between reading its storage and writing it nothing else happens in an object, so that each
 * method is atomic.
 */
export class SessionObject {
  #storage;
  #rules = new LastRules();

  /** @param {{ storage: any }} state */
  constructor(state) {
    this.#storage = state.storage;
  }

  /** @param {Request} request */
  async fetch(request) {
    const { method, args } = await request.json();
    if (!METHODS.includes(method)) {
      return new Response(null, { status: 400 });
    }
    const answer = await /** @type {any} */ (this)[method](...args);
    return Response.json(answer ?? null);
  }

  /** Called by the platform when the session has expired. */
  async alarm() {
    if ((await this.load()) === null) {
      await this.delete();
    }
  }

  /** @returns {Promise<Entry | null>} */
  async load() {
    const entry = await this.#storage.get(ENTRY);
    return entry && entry.expires > Date.now() ? entry : null;
  }

  /**
   * @param {string} text
   * @param {number} ttl
   */
  async create(text, ttl) {
    return (await this.load()) === null ? this.#put(text, ttl) : null;
  }

  /**
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(version, text, ttl) {
    const entry = await this.load();
    return entry?.version === version ? stored(await this.#put(text, ttl)) : lost(entry);
  }

  /**
   * Stores `mine` merged with what is there; answers "changed" where they cannot be merged.
   *
   * @param {import("session-merge/stores").MergeRequest<string>} request
   */
  async merge({ base, version, mine, rules, identity, ttl }) {
    const entry = await this.load();
    if (entry === null) {
      return GONE;
    }
    if (entry.version === version) {
      return { ...stored(await this.#put(mine, ttl)), text: mine, conflicts: [] };
    }
    if (identity !== undefined && !sameAt(identity, base, entry.text)) {
      return GONE;
    }
    let merged;
    try {
      merged = mergeJson(base, entry.text, mine, this.#rules.of(rules));
    } catch {
      // Whoever asked merges again and meets the same error, where it can be handled.
      return changed(entry.text, entry.version);
    }
    const { text } = merged;
    const conflicts = merged.conflicts.map(recordOf);
    return { ...stored(await this.#put(text, ttl)), text, conflicts };
  }

  /** @param {string} version */
  async remove(version) {
    const entry = await this.load();
    if (entry?.version !== version) {
      return lost(entry);
    }
    await this.delete();
    return stored(version);
  }

  async delete() {
    await Promise.all([this.#storage.deleteAlarm(), this.#storage.deleteAll()]);
  }

  /**
   * @param {string} text
   * @param {number} ttl
   */
  async #put(text, ttl) {
    const version = crypto.randomUUID();
    const expires = Date.now() + Math.ceil(ttl * 1000);
    await Promise.all([
      this.#storage.put(ENTRY, { text, version, expires }),
      this.#storage.setAlarm(expires),
    ]);
    return version;
  }
}

/**
 * All of a conflict, for the wire: what it makes of itself as JSON is for logs.
 *
 * @param {import("session-merge").Conflict} conflict
 */
function recordOf(conflict) {
  const { pointer, kind, winner, base, theirs, mine } = conflict;
  return { pointer, shown: conflict.toJSON().pointer, kind, winner, base, theirs, mine };
}

/** Compiles rules, unless they are those that came last. */
class LastRules {
  /** @type {string | undefined} */
  #text;
  #rules = new Rules({});

  /** @param {string} text */
  of(text) {
    if (text !== this.#text) {
      this.#rules = new Rules(JSON.parse(text));
      this.#text = text;
    }
    return this.#rules;
  }
}
