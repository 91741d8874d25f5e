/** How sessions are saved. */

import { Rules } from "session-merge";
import { dataOf } from "./documents.js";

/** @typedef {import("session-merge").RuleSet} RuleSet */
/** @typedef {import("session-merge/stores").CasStore} CasStore */

/**
 * @typedef {object} How
 * @property {Rules} rules
 * @property {string | null} portable the rules as JSON, for a store to merge by; null if it cannot
 * @property {number} attempts
 * @property {number} ceilingMs
 * @property {string | undefined} identity
 * @property {boolean} touch whether to store what has not changed
 * @property {(text: string) => number} ttl
 */

const TWO_WEEKS = 1_209_600;

/** @type {RuleSet} */
const NO_RULES = {};

/**
 * The compiled rules of a site: by what completes them, by the rule set itself.
 *
 * @type {Map<unknown, WeakMap<RuleSet, Pick<How, "rules" | "portable">>>}
 */
const compiled = new Map();

/**
 * What a site's options come to with what holds for every session of the store.
 *
 * @param {CasStore} store
 * @param {import("session-merge/stores").SaveOptions} options
 * @returns {How}
 */
export function savingOptions(store, options) {
  refuseOthers(store);
  const { format = {} } = store;
  const { rules = NO_RULES, attempts = 100, ceilingMs = 10_000 } = options;
  const { ttl = format.ttl ?? TWO_WEEKS, identity = format.identity } = options;
  const how = {
    ...compiledRules(rules, format.rules),
    attempts: number("attempts", attempts),
    ceilingMs: number("ceilingMs", ceilingMs),
    identity,
    touch: false,
  };
  if (typeof ttl !== "function") {
    const seconds = timeToLive(ttl);
    return { ...how, ttl: () => seconds };
  }
  // It depends on the merged session, which only whoever has the function can tell.
  return { ...how, portable: null, ttl: (text) => timeToLive(ttl(dataOf(text))) };
}

/**
 * @param {string} name
 * @param {number} value
 */
function number(name, value) {
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw new TypeError(`${name} must be a number`);
  }
  return value;
}

/**
 * A session that lives for NaN seconds lives for ever in one store and not at all in another.
 *
 * @param {number} seconds
 */
function timeToLive(seconds) {
  if (!Number.isFinite(seconds)) {
    throw new TypeError("ttl must be a finite number of seconds");
  }
  return seconds;
}

/**
 * Refuses what cannot compare and swap, above all the bindings that are easily taken for a store.
 *
 * @param {any} store
 */
function refuseOthers(store) {
  if (typeof store?.getWithMetadata === "function") {
    throw new TypeError(
      "Workers KV cannot compare and swap, so it would lose updates; use a Durable Object or D1",
    );
  }
  for (const method of ["load", "create", "swap", "remove", "delete"]) {
    if (typeof store?.[method] !== "function") {
      throw new TypeError(`this is no CasStore: it has no ${method}()`);
    }
  }
}

/**
 * @param {RuleSet | Rules} rules
 * @param {((rules: RuleSet) => RuleSet) | undefined} completed
 */
function compiledRules(rules, completed) {
  if (rules instanceof Rules) {
    return { rules, portable: null };
  }
  const byRules = compiled.get(completed) ?? new WeakMap();
  compiled.set(completed, byRules);
  const known = byRules.get(rules);
  if (known) {
    return known;
  }
  const all = completed ? completed(rules) : rules;
  const made = { rules: new Rules(all), portable: portable(all) };
  byRules.set(rules, made);
  return made;
}

/** @param {RuleSet} rules */
function portable(rules) {
  let hasFunction = false;
  const text = JSON.stringify(rules, (_, value) => {
    hasFunction ||= typeof value === "function";
    return value;
  });
  return hasFunction ? null : text;
}
