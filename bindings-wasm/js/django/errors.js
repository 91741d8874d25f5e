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
