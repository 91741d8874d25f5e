// biome-ignore-all lint/suspicious/noExplicitAny: what is in a session is not known here.

import type { RuleSet } from "session-merge";

/** A `SECRET_KEY`, or what is used in its place. */
export type Secret = string | Uint8Array;

export interface Secrets {
  /** Django's `SECRET_KEY`. */
  secret: Secret;
  /** Django's `SECRET_KEY_FALLBACKS`: what they signed is read; nothing is signed with them. */
  fallbacks?: readonly Secret[];
}

export interface CodecOptions extends Secrets {
  /** Of the session engine; `sessionSalt(className)` if its class has a name of its own. */
  salt?: string;
  /** The longest stored text, and the largest inflated session, in bytes: 1 MiB by default. */
  maxBytes?: number;
}

export interface DecodeOptions extends CodecOptions {
  /** Refuses what was signed more than so many seconds ago. Django's engines look at the row. */
  maxAge?: number | null;
}

export interface EncodeOptions extends CodecOptions {
  /** The moment to sign with; now by default. */
  signedAt?: Date;
}

export interface DecodedSession<Data extends object = Record<string, any>> {
  data: Data;
  /** The JSON text as it is stored, every digit and escape of it. */
  text: string;
  signedAt: Date;
  /** Whether a fallback secret signed it, so that it has to be signed anew. */
  fallback: boolean;
}

/**
 * Reads a session as Django stores it, in `django_session` and elsewhere.
 *
 * The signature is verified before anything is decoded. Throws `SessionDecodeError`, and an `Error`
 * for a compressed session where the runtime has no `DecompressionStream`.
 */
export function decodeSession<Data extends object = Record<string, any>>(
  stored: string,
  options: DecodeOptions,
): Promise<DecodedSession<Data>>;

/**
 * Writes a session, given as an object or as its JSON text, for Django to read; uncompressed where
 * the runtime has no `CompressionStream`.
 *
 * Throws `SessionTooLargeError` for what could not be read again within `maxBytes`.
 */
export function encodeSession(session: object | string, options: EncodeOptions): Promise<string>;

/** The salt of the session engine whose class has this name: Django's are all `SessionStore`. */
export function sessionSalt(className?: string): string;

/**
 * Checks the session's `_auth_user_hash` against the password field of the user it names.
 *
 * `_auth_user_id` alone does not authenticate: a session outlives a change of the password.
 * Fetch the user (who must be active, by your rules) and hand in the column `password`.
 * "fallback" means that a fallback secret was used; Django moves such a session to a new key.
 */
export function verifyAuthHash(
  data: object,
  password: string | null | undefined,
  options: Secrets,
): Promise<"current" | "fallback" | null>;

/** The ready rule sets, of which `formtools` and `cart` hold only where they are used. */
export type ReadyRules = "django" | "allauth" | "social_auth" | "two_factor" | "formtools" | "cart";

/**
 * A rule set completed by those for what Django and packages for it keep in a session.
 *
 * They are the sets of Python's `SESSION_MERGE`, and `use` is its `"use"`. The given rules go before
 * them pattern by pattern. Throws `TypeError` for a name that is not known.
 */
export function withDjangoRules(rules?: RuleSet, use?: readonly ReadyRules[]): RuleSet;

/** Seconds until a session expires, by its `_session_expiry`; `cookieAge` if it has none. */
export function secondsToExpiry(data: object, cookieAge?: number, now?: number): number;

/** A stored session cannot be read. Neither message nor properties hold any of it. */
export class SessionDecodeError extends Error {
  readonly name: "SessionDecodeError";
  readonly reason: "signature" | "expired" | "too-large" | "malformed";
  private constructor();
}

/** The session is larger than it may be, in bytes; nothing was stored. */
export class SessionTooLargeError extends Error {
  readonly name: "SessionTooLargeError";
  readonly size: number;
  readonly limit: number;
  constructor(size: number, limit: number);
}
