/** Bytes, texts, and the spellings of them that Django's signing module uses. */

const CHUNK = 0x2000;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const utf8 = new TextEncoder();

/**
 * @param {string | Uint8Array} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(text) {
  return typeof text === "string" ? utf8.encode(text) : new Uint8Array(text);
}

/** @param {Uint8Array[]} parts */
export function concat(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/**
 * Each byte as the character of that number. `TextDecoder("latin1")` is windows-1252 instead.
 *
 * @param {Uint8Array} bytes
 */
export function latin1(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return text;
}

/** @param {string} text */
export function fromLatin1(text) {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * Base64 in the alphabet for URLs, without padding (RFC 4648, section 5).
 *
 * @param {Uint8Array} bytes
 */
export function base64url(bytes) {
  return btoa(latin1(bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The bytes that `text` spells, or null if it is not the one spelling of them.
 *
 * A text with other spellings (padding, line breaks, stray bits in its last character) would pass
 * for a different session although it says the same.
 *
 * @param {string} text
 */
export function fromBase64url(text) {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) {
    return null;
  }
  const bytes = fromLatin1(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  return base64url(bytes) === text ? bytes : null;
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {number} number */
export function base62(number) {
  let text = "";
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) {
    text = BASE62[rest % 62] + text;
  }
  return text || "0";
}

/**
 * The number that `text` spells, or null if it spells none that is a safe integer.
 *
 * @param {string} text
 */
export function fromBase62(text) {
  if (!/^[0-9A-Za-z]{1,9}$/.test(text)) {
    return null;
  }
  let number = 0;
  for (const digit of text) {
    number = number * 62 + BASE62.indexOf(digit);
  }
  return Number.isSafeInteger(number) ? number : null;
}
