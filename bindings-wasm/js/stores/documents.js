/** Sessions as texts and as values, and what lies between the two in JavaScript. */

import { JSONError, JSONText, merge, Rules } from "session-merge";
import { SessionDecodeError } from "session-merge/django";

const DEEPEST = new Rules({ max_depth: 1024 });

/**
 * The session that a stored text holds; anything but an object is refused.
 *
 * @param {string} text
 * @returns {Record<string, any>}
 */
export function dataOf(text) {
  const data = parsed(text);
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw unreadable("is no JSON object");
  }
  return data;
}

/** @param {string} text */
function parsed(text) {
  try {
    return new JSONText(text).parse();
  } catch (error) {
    if (error instanceof JSONError) {
      throw unreadable(`is not JSON at line ${error.line} column ${error.column}`);
    }
    throw error;
  }
}

/** @param {string} what */
function unreadable(what) {
  // Whoever uses the package gets this error, and does not make it.
  const Made = /** @type {any} */ (SessionDecodeError);
  return new Made("malformed", `what is stored as a session ${what}`);
}

/**
 * The text of the session that a program works on.
 *
 * @param {object} data
 * @returns {string}
 */
export function textOf(data) {
  const text = JSON.stringify(data);
  if (!text?.startsWith("{")) {
    throw new TypeError("the data of a session must be an object");
  }
  return text;
}

/**
 * The text of `data`, with everything that was not touched since it was read as `stored` spells it.
 *
 * JavaScript reads 9007199254740993 as 9007199254740992, and 1.0 as 1.
 *
 * @param {string} stored
 * @param {object} data
 */
export function exactText(stored, data) {
  const base = new JSONText(stored);
  return merge(base, base, data, DEEPEST).text;
}

/**
 * The value at a JSON Pointer, as text; undefined where there is none.
 *
 * @param {string} pointer
 * @param {string} text
 * @returns {string | undefined}
 */
export function textAt(pointer, text) {
  /** @type {any} */
  let value = dataOf(text);
  for (const segment of pointer.split("/").slice(1)) {
    const name = segment.replaceAll("~1", "/").replaceAll("~0", "~");
    value = value instanceof Object && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return JSON.stringify(value);
}
