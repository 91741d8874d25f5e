/**
 * Values read from JSON text and written back without harm to what JavaScript cannot hold.
 *
 * JavaScript reads 9007199254740993 as 9007199254740992, and 1.0 as 1. A value that was read from a
 * text and then changed is written with the text at hand: a number that still is what was read is
 * spelled as the text spells it.
 */

import { read, Unreadable } from "./reader.js";

/** What no rule set allows. */
const DEEPEST = 1024;
const DEFAULT_MAX_DEPTH = 128;
/** A text without any of these has only integers that JavaScript writes as it read them. */
const ODD = /\d{16}|\d[.eE]|-0|NaN|Infinity/;

/**
 * The value of a JSON text, as `JSON.parse` reads it; `NaN` and infinities are read as well.
 *
 * @param {string} text
 * @returns {any}
 * @throws {Unreadable} which quotes nothing of the text
 */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    // Python's own tokens, or no JSON at all: that error would quote the text.
    return read(text, DEEPEST).value;
  }
}

/**
 * The JSON text of a value, as `JSON.stringify` writes it but for the numbers that still are what
 * origin has. Those beyond 2^53 are known by their value, wherever they stand now; others by their
 * place.
 *
 * @param {unknown} value
 * @param {string} [origin] the text that the value was read from
 * @returns {string | undefined} nothing for what JSON cannot say
 */
export function spell(value, origin) {
  if (origin === undefined || !ODD.test(origin)) {
    return JSON.stringify(value);
  }
  try {
    const { value: known, spelling, wide } = read(origin, DEEPEST);
    return new Speller(wide).write({ "": value }, "", known, spelling, 0);
  } catch (error) {
    if (error instanceof Unreadable) {
      // The merge will refuse the text, and say where.
      return JSON.stringify(value);
    }
    throw error;
  }
}

/** Writes a value beside the one that was read. */
class Speller {
  #wide;

  /** @param {Map<number, string | null>} wide */
  constructor(wide) {
    this.#wide = wide;
  }

  /**
   * @param {any} holder
   * @param {string} key
   * @param {any} known what was read at this place
   * @param {import("./reader.js").Spelling} spelling
   * @param {number} depth
   * @returns {string | undefined}
   */
  write(holder, key, known, spelling, depth) {
    let value = holder[key];
    if (typeof value?.toJSON === "function") {
      value = value.toJSON(key);
    }
    if (typeof value === "number" || value instanceof Number) {
      return this.#number(Number(value), spelling);
    }
    const isPlain = value === null || typeof value !== "object" || isBoxed(value);
    if (isPlain || (spelling === undefined && this.#wide.size === 0)) {
      return JSON.stringify(value);
    }
    if (depth >= DEEPEST) {
      throw new RangeError("nested too deep");
    }
    const container = spelling instanceof Map ? spelling : undefined;
    return Array.isArray(value)
      ? this.#array(value, Array.isArray(known) ? known : [], container, depth)
      : this.#object(value, known, container, depth);
  }

  /**
   * @param {number} value
   * @param {import("./reader.js").Spelling} spelling
   */
  #number(value, spelling) {
    if (typeof spelling === "string" && same(Number(spelling), value)) {
      return spelling;
    }
    return this.#wide.get(value) ?? JSON.stringify(value);
  }

  /**
   * @param {any} value
   * @param {any} known
   * @param {Map<string | number, import("./reader.js").Spelling> | undefined} spelling
   * @param {number} depth
   */
  #object(value, known, spelling, depth) {
    const members = [];
    for (const name of Object.keys(value)) {
      const before =
        known instanceof Object && Object.hasOwn(known, name) ? known[name] : undefined;
      const text = this.write(value, name, before, spelling?.get(name), depth + 1);
      if (text !== undefined) {
        members.push(`${JSON.stringify(name)}:${text}`);
      }
    }
    return `{${members.join(",")}}`;
  }

  /**
   * @param {any[]} value
   * @param {any[]} known
   * @param {Map<string | number, import("./reader.js").Spelling> | undefined} spelling
   * @param {number} depth
   */
  #array(value, known, spelling, depth) {
    // Not by the array's own `map`, which would leave out what was never assigned.
    const origins = spelling ? align(value, known) : [...value.keys()];
    const elements = origins.map((origin, index) => {
      const before = known[origin];
      return this.write(value, String(index), before, spelling?.get(origin), depth + 1) ?? "null";
    });
    return `[${elements.join(",")}]`;
  }
}

/**
 * Where each element of a list was before: the unchanged ones are known by their text, in order,
 * and the others stand for those that are left, in order.
 *
 * @param {any[]} value
 * @param {any[]} known
 * @returns {number[]}
 */
function align(value, known) {
  /** @type {Map<string | undefined, number[]>} */
  const places = new Map();
  for (let index = known.length - 1; index >= 0; index -= 1) {
    const text = JSON.stringify(known[index]);
    const same = places.get(text);
    if (same) {
      same.push(index);
    } else {
      places.set(text, [index]);
    }
  }
  const origins = Array.from(value, (element) => places.get(JSON.stringify(element))?.pop() ?? -1);
  const taken = new Set(origins);
  const left = known.map((_, index) => index).filter((index) => !taken.has(index));
  let next = 0;
  return origins.map((origin) => {
    if (origin >= 0) {
      return origin;
    }
    next += 1;
    return left[next - 1] ?? known.length;
  });
}

/** @param {unknown} value */
function isBoxed(value) {
  return value instanceof String || value instanceof Boolean || value instanceof BigInt;
}

/**
 * @param {number} a
 * @param {number} b
 */
function same(a, b) {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/**
 * The first container, in the order of the document, that is nested too deep.
 *
 * @param {unknown} document
 * @param {number} [maxDepth]
 */
export function tooDeep(document, maxDepth = DEFAULT_MAX_DEPTH) {
  /** @type {string[]} */
  const path = [];
  /** @param {any} value @param {number} left @returns {boolean} */
  const search = (value, left) => {
    if (value === null || typeof value !== "object") {
      return false;
    }
    if (left === 0) {
      return true;
    }
    for (const name of Object.keys(value)) {
      path.push(name);
      if (search(value[name], left - 1)) {
        return true;
      }
      path.pop();
    }
    return false;
  };
  if (!search(document, maxDepth)) {
    return undefined;
  }
  const segments = path.map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1"));
  const shown = segments.map((segment, index) => (isTelling(path[index]) ? "…" : segment));
  /** @param {string[]} names */
  const join = (names) => names.map((name) => `/${name}`).join("");
  return { pointer: join(segments), shown: join(shown), maxDepth };
}

/**
 * Whether a name could be a token, as the core has it.
 *
 * @param {string} name
 */
function isTelling(name) {
  return [...name].length > 24 || /[0-9\p{Cc}]/u.test(name);
}
