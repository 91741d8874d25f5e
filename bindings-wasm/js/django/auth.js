import { hex } from "./bytes.js";
import { equalInConstantTime, saltedHmac, secretsOf } from "./signing.js";

const SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash";

/**
 * Checks a session's `_auth_user_hash` against the password field of the user it names.
 *
 * Django stops trusting a session when the user's password changes; whoever trusts
 * `_auth_user_id` has to look at the same. Answers "current", or "fallback" if the session was
 * signed in under a fallback secret (Django then moves it to a new key), or null: not signed in.
 *
 * @param {{ _auth_user_id?: unknown, _auth_user_hash?: unknown }} data
 * @param {string | null | undefined} password
 * @param {import("session-merge/django").Secrets} options
 */
export async function verifyAuthHash(data, password, options) {
  const { _auth_user_id: id, _auth_user_hash: given } = data;
  const secrets = secretsOf(options);
  if (typeof password !== "string" || id === undefined || !given) {
    return null;
  }
  for (const [index, secret] of secrets.entries()) {
    if (equalInConstantTime(given, hex(await saltedHmac(SALT, password, secret)))) {
      return index === 0 ? "current" : "fallback";
    }
  }
  return null;
}
