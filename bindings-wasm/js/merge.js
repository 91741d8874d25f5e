/** The two ways in: documents as values, and documents as text. */

import { unpack } from "./conflicts.js";
import { knownInEveryCopy } from "./copies.js";
import { DepthError } from "./errors.js";
import { parse, spell, tooDeep } from "./exact.js";
import { Host } from "./host.js";
import { run } from "./instance.js";
import { Merge } from "./report.js";
import { Rules } from "./rules.js";
import { decode, encode, isBytes } from "./text.js";

/** @typedef {import("../index.js").RuleSet} RuleSet */
/** @typedef {(bytes: Uint8Array) => any} Read */

/** @param {Uint8Array} bytes */
const copy = (bytes) => bytes.slice();
/** @param {Uint8Array} bytes */
const parseBytes = (bytes) => parse(decode(bytes));

/**
 * Merges what theirs and mine made of base, as JSON texts and to JSON text.
 *
 * @param {string | Uint8Array} base
 * @param {string | Uint8Array} theirs
 * @param {string | Uint8Array} mine
 * @param {Rules | RuleSet} [rules]
 */
export function mergeJson(base, theirs, mine, rules) {
  const compiled = Rules.of(rules);
  if (typeof base === "string" && typeof theirs === "string" && typeof mine === "string") {
    const their = encode(theirs);
    const host = mergeBytes(encode(base), their, encode(mine), compiled, decode);
    const text = host.value;
    return new Merge({
      changed: host.changed,
      conflicts: () => conflicts(host, decode),
      text,
      value: () => text,
      patchText: () => patch(their, encode(text), compiled, decode),
      parse,
    });
  }
  if (isBytes(base) && isBytes(theirs) && isBytes(mine)) {
    const host = mergeBytes(base, theirs, mine, compiled, copy);
    const text = host.value;
    return new Merge({
      changed: host.changed,
      conflicts: () => conflicts(host, copy),
      text,
      value: () => text,
      patchText: () => patch(theirs, text, compiled, copy),
      parse: parseBytes,
    });
  }
  throw new TypeError("base, theirs and mine are all strings, or all Uint8Arrays");
}

/** A document that is given as JSON text. */
export class JSONText {
  #text;

  /** @param {string | Uint8Array} text */
  constructor(text) {
    if (typeof text !== "string" && !isBytes(text)) {
      throw new TypeError("JSON text is a string or a Uint8Array");
    }
    this.#text = typeof text === "string" ? text : decode(text);
  }

  get text() {
    return this.#text;
  }

  parse() {
    try {
      return parse(this.#text);
    } catch (error) {
      // Tells where, and throws that.
      mergeJson(this.#text, this.#text, this.#text);
      throw error;
    }
  }
}

knownInEveryCopy(JSONText, "JSONText");

/**
 * Merges what theirs and mine made of base, as plain values.
 *
 * @param {unknown} base
 * @param {unknown} theirs
 * @param {unknown} mine
 * @param {Rules | RuleSet} [rules]
 */
export function merge(base, theirs, mine, rules) {
  const compiled = Rules.of(rules);
  const origin = base instanceof JSONText ? base.text : undefined;
  /** @param {import("../index.js").Input} input @param {unknown} document */
  const textOf = (input, document) => {
    if (document instanceof JSONText) {
      return encode(document.text);
    }
    const text = write(input, document, origin, compiled);
    if (text === undefined) {
      throw new TypeError(`${input} is nothing that JSON can say`);
    }
    return encode(text);
  };
  const their = textOf("theirs", theirs);
  const host = mergeBytes(
    textOf("base", base),
    their,
    textOf("mine", mine),
    compiled,
    decode,
    parseBytes,
  );
  const text = host.value;
  return new Merge({
    changed: host.changed,
    conflicts: () => conflicts(host, parseBytes),
    text,
    value: () => parse(text),
    patchText: () => patch(their, encode(text), compiled, decode),
    parse,
  });
}

/**
 * @param {import("../index.js").Input} input
 * @param {unknown} document
 * @param {string | undefined} origin
 * @param {Rules | undefined} rules
 */
function write(input, document, origin, rules) {
  try {
    return spell(document, origin);
  } catch (error) {
    // A value that is too deep, or holds itself, is more than can be written.
    const deep = tooDeep(document, rules?.maxDepth);
    if (!deep) {
      throw error;
    }
    const { pointer, shown, maxDepth } = deep;
    const message = `${input} is nested deeper than ${maxDepth} at "${shown}"`;
    throw new DepthError(message, input, pointer);
  }
}

/**
 * @param {Uint8Array} base
 * @param {Uint8Array} theirs
 * @param {Uint8Array} mine
 * @param {Rules | undefined} rules
 * @param {Read} read
 * @param {Read} [readConflict]
 */
function mergeBytes(base, theirs, mine, rules, read, readConflict) {
  const host = new Host(rules ? rules.functions : [], read, readConflict);
  run((instance) => {
    const number = rules && instance.compile(rules, host);
    instance.merge(base, theirs, mine, number, host);
  });
  host.check();
  return host;
}

/**
 * @param {Uint8Array} theirs
 * @param {Uint8Array} value
 * @param {Rules | undefined} rules
 * @param {Read} read
 */
function patch(theirs, value, rules, read) {
  const host = new Host([], read);
  run((instance) => {
    instance.patch(theirs, value, rules && instance.compile(rules, host), host);
  });
  host.check();
  return host.value;
}

/**
 * What it tells when it is asked: most who merge have no use for the conflicts' values.
 *
 * @param {Host} host
 * @param {Read} read
 */
function conflicts({ report }, read) {
  return report ? unpack(report, read) : [];
}
