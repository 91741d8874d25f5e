/** What can go wrong while a session is saved. No message holds a session's id or its values. */

/** The session was deleted, has expired, or belongs to somebody else by now; nothing was stored. */
export class SessionGoneError extends Error {
  constructor() {
    super("the session was deleted, or taken over by another login; nothing was stored");
    this.name = "SessionGoneError";
  }
}

/** Others were faster each time; nothing was stored, and the save may be tried again. */
export class SessionBusyError extends Error {
  /** @param {number} attempts */
  constructor(attempts) {
    super(`the session was changed by others before each of ${attempts} attempts to store it`);
    this.name = "SessionBusyError";
    this.attempts = attempts;
  }
}
