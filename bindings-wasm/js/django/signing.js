/** Django's keyed hashes, by Web Crypto. */

/** @typedef {import("session-merge/django").Secret} Secret */

import { base64url, bytesOf, concat } from "./bytes.js";

/**
 * HMAC-SHA256 of `value` under a key that is made of `salt` and `secret`.
 *
 * @param {string} salt
 * @param {string} value
 * @param {Secret} secret
 */
export async function saltedHmac(salt, value, secret) {
  const keyBytes = await crypto.subtle.digest("SHA-256", concat([bytesOf(salt), bytesOf(secret)]));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", keyBytes, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(value)));
}

/**
 * @param {string} salt
 * @param {string} value
 * @param {Secret} secret
 */
export async function signature(salt, value, secret) {
  return base64url(await saltedHmac(`${salt}signer`, value, secret));
}

/**
 * Whether two texts are equal, found out in a time that depends on their lengths alone.
 *
 * Whoever could measure how far a guess agrees could find a signature character by character.
 *
 * @param {unknown} one
 * @param {string} other
 */
export function equalInConstantTime(one, other) {
  if (typeof one !== "string" || one.length !== other.length) {
    return false;
  }
  let difference = 0;
  for (let index = 0; index < other.length; index++) {
    difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  }
  return difference === 0;
}

/**
 * The secrets of `options`, the current one first; an empty one is refused.
 *
 * @param {import("session-merge/django").Secrets} options
 */
export function secretsOf({ secret, fallbacks = [] }) {
  const secrets = [secret, ...fallbacks];
  for (const each of secrets) {
    if (!(typeof each === "string" || each instanceof Uint8Array) || each.length === 0) {
      throw new TypeError("a secret must be a string or bytes, and not be empty");
    }
  }
  return secrets;
}
