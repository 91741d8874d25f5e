/**
 * Which rule decided a conflict. The package itself is asked: a merge is made again with one rule
 * at a time set to `fail`, and what then fails was that rule's to decide.
 */

import { MergeConflict, mergeJson } from "session-merge";

/** @typedef {import("session-merge").RuleSet} RuleSet */
/** @typedef {Record<string, any>} Rule */

const FIELDS = ["conflict", "delete"];
const WINNERS = ["mine", "theirs", "base", "max", "min"];

/**
 * For each conflict, by its place in the report, the pattern and the field that decided it;
 * nothing for those that the defaults decided.
 *
 * @param {string[]} texts base, theirs and mine
 * @param {RuleSet} rules
 * @returns {Map<number, { pattern: string, field: string, value: unknown }>}
 */
export function deciders([base, theirs, mine], rules) {
  /** @type {Rule} */
  const whole = Object.fromEntries(
    Object.entries(rules).map(([key, rule]) => [key, isPattern(key) ? inFull(rule) : rule]),
  );
  const found = new Map();
  for (const { pattern, field, value } of settings(whole)) {
    const probe = probing(whole, pattern, field);
    for (const [index, { winner }] of reportOf(base, theirs, mine, probe).entries()) {
      if (winner === null) {
        found.set(index, { pattern, field, value });
      }
    }
  }
  return found;
}

/** @param {string} key */
function isPattern(key) {
  return key === "" || key.startsWith("/");
}

/**
 * A rule that is short for one field, written out.
 *
 * @param {any} rule
 * @returns {Rule}
 */
function inFull(rule) {
  if (typeof rule !== "string") {
    return rule;
  }
  if (rule === "fail") {
    return { conflict: "fail", delete: "fail" };
  }
  return WINNERS.includes(rule) ? { conflict: rule } : { merge: rule };
}

/**
 * Everywhere that the rules say who wins.
 *
 * @param {Rule} rules
 */
function* settings(rules) {
  for (const field of FIELDS) {
    for (const [key, rule] of Object.entries(rules)) {
      if (key === field) {
        yield { pattern: "", field, value: rule };
      } else if (isPattern(key) && field in rule) {
        yield { pattern: key, field, value: rule[field] };
      }
    }
  }
}

/**
 * The rules with one setting failing, and no other.
 *
 * @param {Rule} rules
 * @param {string} pattern
 * @param {string} field
 */
function probing(rules, pattern, field) {
  /** @param {string} key @param {string} of @param {unknown} value */
  const set = (key, of, value) => {
    if (key === pattern && of === field) {
      return "fail";
    }
    const calm = of === "conflict" ? "mine" : "wins";
    return value === "fail" ? calm : value;
  };
  return Object.fromEntries(
    Object.entries(rules).map(([key, rule]) => {
      if (FIELDS.includes(key)) {
        return [key, set("", key, rule)];
      }
      if (!isPattern(key)) {
        return [key, rule];
      }
      const fields = Object.entries(rule).map(([of, value]) => [
        of,
        FIELDS.includes(of) ? set(key, of, value) : value,
      ]);
      return [key, Object.fromEntries(fields)];
    }),
  );
}

/**
 * @param {string} base
 * @param {string} theirs
 * @param {string} mine
 * @param {RuleSet} rules
 */
function reportOf(base, theirs, mine, rules) {
  try {
    return mergeJson(base, theirs, mine, rules).conflicts;
  } catch (error) {
    if (error instanceof MergeConflict) {
      return error.conflicts;
    }
    throw error;
  }
}
