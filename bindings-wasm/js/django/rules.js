/**
 * The rule sets for packages that keep something in Django's session: the same as in Python, where
 * `session_merge.django.rules` tells what each is for.
 */

import allauth from "../../../bindings-py/python/session_merge/django/ready/allauth.json" with {
  type: "json",
};
import cart from "../../../bindings-py/python/session_merge/django/ready/cart.json" with {
  type: "json",
};
import django from "../../../bindings-py/python/session_merge/django/ready/django.json" with {
  type: "json",
};
import formtools from "../../../bindings-py/python/session_merge/django/ready/formtools.json" with {
  type: "json",
};
import socialAuth from "../../../bindings-py/python/session_merge/django/ready/social_auth.json" with {
  type: "json",
};
import twoFactor from "../../../bindings-py/python/session_merge/django/ready/two_factor.json" with {
  type: "json",
};

/** @typedef {import("session-merge").RuleSet} RuleSet */

/** What holds without being asked for, in the order in which they are added. */
const ALWAYS = /** @type {Record<string, RuleSet>} */ ({
  django,
  allauth,
  social_auth: socialAuth,
  two_factor: twoFactor,
});

const READY = /** @type {Record<string, RuleSet>} */ ({ ...ALWAYS, formtools, cart });

/**
 * A rule set completed by the ready ones that hold always, or are used.
 *
 * Its own patterns and options go before theirs, and its groups before those that they share a
 * member with.
 *
 * @param {RuleSet} rules
 * @param {readonly string[]} use
 * @returns {RuleSet}
 */
export function withDjangoRules(rules = {}, use = []) {
  const names = new Set([...Object.keys(ALWAYS), ...use]);
  return [...names].map(ready).concat(rules).reduce(layered, {});
}

/**
 * @param {string} name
 * @returns {RuleSet}
 */
function ready(name) {
  if (!Object.hasOwn(READY, name)) {
    throw new TypeError(`no ready rule set is called ${JSON.stringify(name)}`);
  }
  return READY[name];
}

/**
 * @param {RuleSet} earlier
 * @param {RuleSet} rules
 * @returns {RuleSet}
 */
function layered(earlier, rules) {
  const groups = rules.groups ?? [];
  if (!Array.isArray(groups)) {
    return { ...earlier, ...rules }; // refused when it is compiled, with the reason
  }
  const named = groups.flat();
  const kept = (earlier.groups ?? []).filter((group) => !group.some((it) => named.includes(it)));
  return { ...earlier, ...rules, groups: [...kept, ...groups] };
}
