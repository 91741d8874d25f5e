/**
 * The rules for what Django itself keeps in a session.
 *
 * The three `_auth_user_*` keys come all from one side, so that no session is half logged in.
 * `_messages` is a JSON list in a string, and reading the messages deletes it: one that was added
 * while others were read stays. `_session_expiry` is a number of seconds or a date.
 */

/** @typedef {import("session-merge").RuleSet} RuleSet */

/** @type {RuleSet} */
const BUILT_IN = {
  "/_messages": { merge: "embedded", root: "append", delete: "empties" },
  "/_session_expiry": "atomic",
};

const AUTH_GROUP = ["/_auth_user_id", "/_auth_user_backend", "/_auth_user_hash"];

/**
 * A rule set completed by the built-in rules; its own patterns and groups go before them.
 *
 * @param {RuleSet} rules
 * @returns {RuleSet}
 */
export function withDjangoRules(rules = {}) {
  const groups = rules.groups ?? [];
  if (!Array.isArray(groups)) {
    return { ...BUILT_IN, ...rules }; // refused when it is compiled, with the reason
  }
  const named = groups.flat();
  const builtIn = AUTH_GROUP.some((member) => named.includes(member)) ? [] : [AUTH_GROUP];
  return { ...BUILT_IN, ...rules, groups: [...builtIn, ...groups] };
}
