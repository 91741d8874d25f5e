/** The JSON that Python's `json` writes. */

const TOKENS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/**
 * The object that a JSON text holds; null if it holds none.
 *
 * No error is passed on: the platform's quote the text, and sessions hold secrets.
 *
 * @param {string} text
 * @returns {Record<string, any> | null}
 */
export function objectIn(text) {
  try {
    const data = parse(text);
    return isObject(data) ? data : null;
  } catch {
    return null;
  }
}

/**
 * Parses JSON that may hold `NaN`, `Infinity` and `-Infinity`, which Python writes.
 *
 * @param {string} text
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    const nan = crypto.randomUUID(); // no text holds it
    const standard = text.replace(TOKENS, (token) => {
      if (token.startsWith('"')) {
        return token;
      }
      return token === "NaN" ? `"${nan}"` : token.replace("Infinity", "1e999");
    });
    return JSON.parse(standard, (_, value) => (value === nan ? Number.NaN : value));
  }
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The JSON text in ASCII, with the escapes of Python's `json`.
 *
 * @param {string} text
 */
export function asciiJson(text) {
  return text.replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
