/** Rule sets. */

import { knownInEveryCopy } from "./copies.js";
import { RulesError } from "./errors.js";
import { Host } from "./host.js";
import { run } from "./instance.js";

const DEFAULT_MAX_DEPTH = 128;

/** A compiled rule set. */
export class Rules {
  #functions;
  #json;
  #maxDepth;

  /** @param {import("../index.js").RuleSet} mapping */
  constructor(mapping) {
    /** @type {Function[]} */
    const functions = [];
    this.#json = toJSON(mapping, functions);
    this.#functions = functions;
    this.#maxDepth = mapping?.max_depth ?? DEFAULT_MAX_DEPTH;
    const host = new Host([]);
    run((instance) => instance.compile(this, host));
    host.check();
  }

  get json() {
    return this.#json;
  }

  get functions() {
    return this.#functions;
  }

  get maxDepth() {
    return this.#maxDepth;
  }

  /**
   * The rules that a call names.
   *
   * @param {Rules | import("../index.js").RuleSet | undefined} rules
   * @returns {Rules | undefined} nothing where there are none
   */
  static of(rules) {
    return rules === undefined || rules instanceof Rules ? rules : new Rules(rules);
  }
}

knownInEveryCopy(Rules, "Rules");

/**
 * A rule set as the core reads it: a function stands as its number.
 *
 * @param {any} mapping
 * @param {Function[]} functions
 * @returns {string}
 */
function toJSON(mapping, functions) {
  if (!isPlain(mapping)) {
    throw new RulesError('rule "": a rule set is a plain object', "");
  }
  const entries = [];
  for (const [pattern, rule] of Object.entries(mapping)) {
    /** @param {string} reason @param {unknown} [cause] */
    const refuse = (reason, cause) =>
      new RulesError(`rule ${JSON.stringify(pattern)}: ${reason}`, pattern, { cause });
    /** @param {string} key @param {unknown} value */
    const replace = (key, value) => {
      const decides = (key === "" ? pattern : key) === "conflict";
      if (typeof value === "function") {
        if (!decides) {
          throw refuse("a function decides conflicts: it stands under `conflict`");
        }
        return { resolver: functions.push(value) - 1 };
      }
      if (decides && value instanceof Object && "resolver" in value) {
        throw refuse("there is no such resolver: a function itself stands under `conflict`");
      }
      if (value instanceof Object && !isPlain(value) && !Array.isArray(value)) {
        throw refuse("a rule is a string or a plain object");
      }
      return value;
    };
    let json;
    try {
      json = JSON.stringify(rule, replace);
    } catch (error) {
      throw error instanceof RulesError ? error : refuse("it is nothing that JSON can say", error);
    }
    if (json !== undefined) {
      entries.push(`${JSON.stringify(pattern)}:${json}`);
    }
  }
  return `{${entries.join(",")}}`;
}

/**
 * Whether a value is an object whose members are its own: a Map's or an instance's are not.
 *
 * @param {any} value
 */
function isPlain(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  // `Object.prototype` itself is another one in each realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
