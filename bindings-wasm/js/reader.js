/** Reads JSON text as `JSON.parse` does, and beside it how numbers are spelled. */

/**
 * How numbers below a place are spelled, where JavaScript would write them in another way: the
 * token of a number, or what is known of a container's members.
 *
 * @typedef {string | Map<string | number, Spelling> | undefined} Spelling
 */

/** The text is not JSON, or deeper than was asked for. What it holds is not told. */
export class Unreadable extends Error {}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const NUMBER = /-?(?:Infinity|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)|NaN/y;
const LITERAL = /true|false|null/y;

/**
 * @param {string} text
 * @param {number} maxDepth
 */
export function read(text, maxDepth) {
  const reader = new Reader(text, maxDepth);
  const value = reader.document();
  return { value, spelling: reader.spelling, wide: reader.wide };
}

class Reader {
  #text;
  #maxDepth;
  #at = 0;
  /**
   * Of the value that was read last.
   *
   * @type {Spelling}
   */
  spelling;
  /**
   * The spelling of each number beyond what a double tells apart, or null if there are several.
   *
   * @type {Map<number, string | null>}
   */
  wide = new Map();

  /**
   * @param {string} text
   * @param {number} maxDepth
   */
  constructor(text, maxDepth) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document() {
    const value = this.#value(0);
    this.#next(SPACE);
    if (this.#at < this.#text.length) {
      throw new Unreadable();
    }
    return value;
  }

  /** @param {RegExp} token */
  #next(token) {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[0];
    if (found !== undefined) {
      this.#at += found.length;
    }
    return found;
  }

  /**
   * Passes white space and this character, if it is there.
   *
   * @param {string} character
   */
  #passes(character) {
    this.#next(SPACE);
    const is = this.#text[this.#at] === character;
    this.#at += is ? 1 : 0;
    return is;
  }

  /**
   * @param {number} depth
   * @returns {any}
   */
  #value(depth) {
    if (depth > this.#maxDepth) {
      throw new Unreadable();
    }
    if (this.#passes("{")) {
      return this.#object(depth);
    }
    if (this.#passes("[")) {
      return this.#array(depth);
    }
    const number = this.#next(NUMBER);
    if (number !== undefined) {
      return this.#number(number);
    }
    this.spelling = undefined;
    const token = this.#next(STRING) ?? this.#next(LITERAL);
    return this.#parse(token);
  }

  /** @param {string | undefined} token */
  #parse(token) {
    try {
      return JSON.parse(token ?? "");
    } catch {
      throw new Unreadable();
    }
  }

  /** @param {string} token */
  #number(token) {
    const value = Number(token);
    const isOdd = JSON.stringify(value) !== token;
    this.spelling = isOdd ? token : undefined;
    if (Number.isFinite(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      const known = this.wide.get(value);
      this.wide.set(value, known === undefined || known === token ? token : null);
    }
    return value;
  }

  /** @param {number} depth */
  #array(depth) {
    const value = [];
    const spellings = new Map();
    if (!this.#passes("]")) {
      do {
        value.push(this.#value(depth + 1));
        if (this.spelling !== undefined) {
          spellings.set(value.length - 1, this.spelling);
        }
      } while (this.#passes(","));
      this.#expect("]");
    }
    this.spelling = spellings.size > 0 ? spellings : undefined;
    return value;
  }

  /** @param {number} depth */
  #object(depth) {
    const value = {};
    const spellings = new Map();
    if (!this.#passes("}")) {
      do {
        this.#next(SPACE);
        const name = this.#parse(this.#next(STRING));
        this.#expect(":");
        const member = this.#value(depth + 1);
        // An assignment to `__proto__` would not make a member.
        Object.defineProperty(value, name, {
          value: member,
          configurable: true,
          enumerable: true,
          writable: true,
        });
        spellings.delete(name);
        if (this.spelling !== undefined) {
          spellings.set(name, this.spelling);
        }
      } while (this.#passes(","));
      this.#expect("}");
    }
    this.spelling = spellings.size > 0 ? spellings : undefined;
    return value;
  }

  /** @param {string} character */
  #expect(character) {
    if (!this.#passes(character)) {
      throw new Unreadable();
    }
  }
}
