/** @typedef {import("session-merge/django").SessionDecodeError["reason"]} Reason */

/**
 * A stored session cannot be read: `reason` says why.
 *
 * Neither the message nor the error holds any of the text, because sessions hold secrets.
 */
export class SessionDecodeError extends Error {
  /**
   * @param {Reason} reason
   * @param {string} message
   */
  constructor(reason, message) {
    super(message);
    this.name = "SessionDecodeError";
    this.reason = reason;
  }
}

/** The session is larger than it may be; nothing was stored. */
export class SessionTooLargeError extends Error {
  /**
   * @param {number} size
   * @param {number} limit
   */
  constructor(size, limit) {
    super(`the session takes ${size} bytes, and ${limit} are allowed`);
    this.name = "SessionTooLargeError";
    this.size = size;
    this.limit = limit;
  }
}

/** @param {string} what */
export function malformed(what) {
  return new SessionDecodeError("malformed", `the stored session ${what}`);
}

/**
 * @param {string} what
 * @param {number} limit
 */
export function tooLarge(what, limit) {
  return new SessionDecodeError("too-large", `${what} is larger than ${limit} bytes`);
}
