/** Sessions as Django stores them: reading, writing, and the rules for what Django keeps there. */

export { verifyAuthHash } from "./django/auth.js";
export { decodeSession, encodeSession, sessionSalt } from "./django/codec.js";
export { SessionDecodeError, SessionTooLargeError } from "./django/errors.js";
export { secondsToExpiry } from "./django/expiry.js";
export { withDjangoRules } from "./django/rules.js";
