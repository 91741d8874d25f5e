/**
 * Django's signed session format:
 *
 *     payload ":" seconds in base62 ":" signature
 *
 * where the payload is the JSON text in base64, or `.` and the compressed JSON text in base64, and
 * the signature is an HMAC of everything before it.
 */

import { base62, base64url, fromBase62, fromBase64url, fromLatin1, latin1 } from "./bytes.js";
import { deflate, inflate } from "./deflate.js";
import { malformed, SessionDecodeError, SessionTooLargeError, tooLarge } from "./errors.js";
import { asciiJson, objectIn } from "./json.js";
import { equalInConstantTime, secretsOf, signature } from "./signing.js";

export const DEFAULT_MAX_BYTES = 1 << 20;

/** The salt of the session engine whose class has this name. */
export function sessionSalt(className = "SessionStore") {
  return `django.contrib.sessions.${className}`;
}

/**
 * Reads a stored session.
 *
 * The signature is verified first; until then nothing of the text is decoded.
 *
 * @param {string} stored
 * @param {import("session-merge/django").DecodeOptions} options
 */
export async function decodeSession(stored, options) {
  const { salt = sessionSalt(), maxAge = null, maxBytes = DEFAULT_MAX_BYTES } = options;
  if (typeof stored !== "string") {
    throw malformed("is not a string");
  }
  if (stored.length > maxBytes) {
    throw tooLarge("the stored session", maxBytes);
  }
  const { value, fallback } = await verified(stored, salt, secretsOf(options));
  const { payload, seconds } = parts(value);
  if (maxAge !== null && Date.now() / 1000 - seconds > maxAge) {
    throw new SessionDecodeError("expired", `the session was signed over ${maxAge} seconds ago`);
  }
  const text = latin1(await unpacked(payload, maxBytes));
  const data = objectIn(text);
  if (data === null) {
    throw malformed("holds no JSON object");
  }
  return { data, text, signedAt: new Date(seconds * 1000), fallback };
}

/**
 * Writes a session, given as an object or as its JSON text, for Django to read.
 *
 * @param {object | string} session
 * @param {import("session-merge/django").EncodeOptions} options
 */
export async function encodeSession(session, options) {
  const { salt = sessionSalt(), signedAt = new Date(), maxBytes = DEFAULT_MAX_BYTES } = options;
  const text = typeof session === "string" ? session : `${JSON.stringify(session)}`;
  if (objectIn(text) === null) {
    throw new TypeError("a session must be an object");
  }
  const bytes = fromLatin1(asciiJson(text));
  const payload = await packed(bytes);
  const value = `${payload}:${base62(Math.floor(signedAt.getTime() / 1000))}`;
  const stored = `${value}:${await signature(salt, value, secretsOf(options)[0])}`;
  const size = Math.max(bytes.length, stored.length);
  if (size > maxBytes) {
    throw new SessionTooLargeError(size, maxBytes);
  }
  return stored;
}

/**
 * @param {string} stored
 * @param {string} salt
 * @param {import("session-merge/django").Secret[]} secrets
 */
async function verified(stored, salt, secrets) {
  const end = stored.lastIndexOf(":");
  const value = stored.slice(0, Math.max(end, 0));
  const given = stored.slice(end + 1);
  for (const [index, secret] of secrets.entries()) {
    if (end >= 0 && equalInConstantTime(given, await signature(salt, value, secret))) {
      return { value, fallback: index > 0 };
    }
  }
  throw new SessionDecodeError("signature", "the stored session is not signed with these secrets");
}

/** @param {string} value */
function parts(value) {
  const end = value.lastIndexOf(":");
  const seconds = fromBase62(value.slice(end + 1));
  if (end < 0 || seconds === null) {
    throw malformed("does not say when it was signed");
  }
  return { payload: value.slice(0, end), seconds };
}

/**
 * @param {string} payload
 * @param {number} maxBytes
 */
async function unpacked(payload, maxBytes) {
  const compressed = payload.startsWith(".");
  const bytes = fromBase64url(compressed ? payload.slice(1) : payload);
  if (bytes === null) {
    throw malformed("is not base64 in its one spelling");
  }
  return compressed ? inflate(bytes, maxBytes) : bytes;
}

/**
 * As Django does it: compressed if that makes it shorter by more than the mark that says so. Where
 * nothing compresses, it is not; Django reads it all the same.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function packed(bytes) {
  const compressed = await deflate(bytes);
  const isShorter = compressed && compressed.length < bytes.length - 1;
  return isShorter ? `.${base64url(compressed)}` : base64url(bytes);
}
