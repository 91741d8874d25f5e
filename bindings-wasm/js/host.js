/** What the WebAssembly module tells of one call. The module calls the methods. */

import { unpack } from "./conflicts.js";
import { DepthError, JSONError, MergeConflict, MergeError, RulesError } from "./errors.js";
import { parse, spell } from "./exact.js";
import { decodeLoosely } from "./text.js";

/** @typedef {import("../index.js").Input} Input */
/** @typedef {(bytes: Uint8Array) => any} Read makes of JSON text what the caller gets */

/** Not to be kept for another call. No method throws: that would go through the module. */
export class Host {
  #functions;
  #read;
  #readConflict;
  /** @type {any} the merged document */
  value;
  changed = false;
  /** @type {Uint8Array | undefined} the conflicts, if there are any */
  report;
  /** @type {{ error: unknown } | undefined} */
  #failure;

  /**
   * @param {Function[]} functions of the rule set
   * @param {Read} [read] the merged document
   * @param {Read} [readConflict] the values of conflicts
   */
  constructor(functions, read, readConflict = read) {
    this.#functions = functions;
    this.#read = read;
    this.#readConflict = readConflict;
  }

  /** Throws what went wrong, if anything did. */
  check() {
    if (this.#failure) {
      throw this.#failure.error;
    }
  }

  /**
   * @param {Uint8Array} value
   * @param {boolean} changed
   * @param {Uint8Array} report
   */
  merged(value, changed, report) {
    this.value = this.#read?.(value);
    this.changed = changed;
    this.report = report.length > 0 ? report.slice() : undefined;
  }

  /**
   * @param {string} message
   * @param {Uint8Array} report
   */
  refused(message, report) {
    const read = this.#readConflict;
    this.#fail(new MergeConflict(message, read ? unpack(report, read) : []));
  }

  /**
   * @param {string} message
   * @param {Input} input
   * @param {number} line
   * @param {number} column
   */
  malformed(message, input, line, column) {
    this.#fail(new JSONError(message, input, line, column));
  }

  /**
   * @param {string} message
   * @param {Input | undefined} input
   * @param {Uint8Array} pointer
   */
  tooDeep(message, input, pointer) {
    this.#fail(new DepthError(message, input ?? null, decodeLoosely(pointer)));
  }

  /**
   * @param {string} message
   * @param {string} pattern
   */
  badRules(message, pattern) {
    this.#fail(new RulesError(message, pattern));
  }

  /** @param {string} message */
  unresolved(message) {
    this.#fail(new MergeError(message));
  }

  /**
   * @param {number} index
   * @param {string | undefined} base
   * @param {string} theirs
   * @param {string} mine
   * @returns {string | undefined}
   */
  resolve(index, base, theirs, mine) {
    try {
      const texts = [theirs, mine, base].filter((text) => text !== undefined);
      const values = texts.map(parse);
      const chosen = this.#functions[index](values[2], values[0], values[1]);
      if (typeof chosen?.then === "function") {
        throw new TypeError("a function that decides a conflict returns a value, not a promise");
      }
      // What it only passed on keeps its spelling.
      const origin = values.findIndex((value) => Object.is(value, chosen));
      const text = spell(chosen, texts[Math.max(origin, 0)]);
      if (text === undefined) {
        throw new TypeError("a function that decides a conflict returns what JSON can say");
      }
      return text;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** @param {unknown} error what is found first is told */
  #fail(error) {
    this.#failure ??= { error };
  }
}
