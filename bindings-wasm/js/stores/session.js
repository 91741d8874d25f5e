import { SessionDecodeError } from "session-merge/django";
import { dataOf, textAt, textOf } from "./documents.js";
import { SessionBusyError, SessionGoneError } from "./errors.js";
import { isSessionId, newSessionId } from "./ids.js";
import { savingOptions } from "./options.js";
import { Origin } from "./origin.js";
import { refill } from "./refill.js";
import { found } from "./saving.js";

/** @typedef {import("session-merge/stores").CasStore} CasStore */
/** @typedef {import("session-merge/stores").Loaded} Loaded */
/** @typedef {import("session-merge/stores").Saved} Saved */
/** @typedef {import("./options.js").How} How */

/** @type {Saved} */
const UNCHANGED = Object.freeze({ stored: false, conflicts: Object.freeze([]), attempts: 0 });

/**
 * Opens the session under `id`, or a new one if there is none.
 *
 * An id that is malformed, unknown or expired is never written to, for whoever sent it may know
 * it: the new session has an id of its own, and `issued` says why.
 *
 * @param {CasStore} store
 * @param {string | null | undefined} id
 * @param {import("session-merge/stores").SaveOptions} [options]
 */
export async function openSession(store, id, options = {}) {
  const how = savingOptions(store, options);
  if (id === undefined || id === null || id === "") {
    return new Session(store, how, "new");
  }
  if (!isSessionId(id)) {
    return new Session(store, how, "malformed");
  }
  try {
    const loaded = await store.load(id);
    return loaded ? new Session(store, how, null, id, loaded) : new Session(store, how, "unknown");
  } catch (error) {
    // One that is too large can be read, by whoever allows more.
    if (error instanceof SessionDecodeError && error.reason !== "too-large") {
      return new Session(store, how, "unreadable");
    }
    throw error;
  }
}

/** The session of one request. */
class Session {
  #store;
  #how;
  /** @type {Origin | null} */
  #origin = null;
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /**
   * @param {CasStore} store
   * @param {How} how
   * @param {import("session-merge/stores").Session["issued"]} issued
   * @param {string} [id]
   * @param {Loaded} [loaded]
   */
  constructor(store, how, issued, id = newSessionId(), loaded) {
    this.#store = store;
    this.#how = how;
    this.issued = issued;
    this.id = id;
    /** @type {Record<string, any>} */
    this.data = {};
    if (loaded) {
      this.data = dataOf(loaded.text);
      this.#origin = new Origin(loaded);
    }
  }

  /** Whether nothing is stored under `id`. */
  get isNew() {
    return this.#origin === null;
  }

  /** How many seconds the session lives after a save. */
  get ttl() {
    return this.#how.ttl(textOf(this.data));
  }

  /**
   * Stores `data`, merged with what others stored since it was read; `data` shows the result.
   *
   * Nothing is written where nothing has changed. Throws without having stored anything.
   */
  save() {
    return this.#inTurn(() => this.#save(this.#how));
  }

  /** As `save`, but the time to live starts anew even if nothing has changed. */
  touch() {
    return this.#inTurn(() => this.#save({ ...this.#how, touch: true }));
  }

  /**
   * Moves the session, merged with what others stored, to a new id: to be called at every login.
   *
   * Throws `SessionGoneError` if it is gone, with one exception: a session that had nobody at the
   * option `identity` moves with the data it has, so that a login that is sent twice succeeds.
   */
  regenerate() {
    return this.#inTurn(() => this.#regenerate());
  }

  /** Deletes the session; whoever writes it later is refused. `data` starts anew, with a new id. */
  destroy() {
    return this.#inTurn(async () => {
      if (this.#origin) {
        await this.#store.delete(this.id);
      }
      this.#origin = null;
      this.id = newSessionId();
      this.data = {};
    });
  }

  /**
   * One after the other, in the order of the calls: a save starts from what the last one stored.
   *
   * @template T
   * @param {() => Promise<T>} work
   */
  #inTurn(work) {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined); // it is for the caller of that turn to handle
    return result;
  }

  /** @param {How} how */
  async #save(how) {
    if (this.#origin === null) {
      return this.#create(how);
    }
    const saved = await this.#origin.save(this.#store, this.id, this.data, how);
    return saved ? this.#show(saved) : UNCHANGED;
  }

  /** @param {How} how */
  async #create({ ttl }) {
    const text = textOf(this.data);
    if (text === "{}") {
      return UNCHANGED;
    }
    const version = await this.#insert(text, ttl(text));
    this.#origin = new Origin({ text, version });
    return { stored: true, conflicts: [], attempts: 1 };
  }

  /**
   * Stores a text under an id that is free, which is `this.id` but for a miracle.
   *
   * @param {string} text
   * @param {number} ttl
   */
  async #insert(text, ttl) {
    for (;;) {
      const version = await this.#store.create(this.id, text, ttl);
      if (version !== null) {
        return version;
      }
      this.id = newSessionId();
    }
  }

  /** @param {import("./saving.js").Stored & { fresh: object | null }} saved */
  #show({ fresh, conflicts, attempts }) {
    if (fresh) {
      this.data = refill(this.data, fresh);
    }
    return { stored: true, conflicts, attempts };
  }

  async #regenerate() {
    const old = this.id;
    const origin = this.#origin;
    this.id = newSessionId();
    if (origin === null) {
      return UNCHANGED;
    }
    try {
      return this.#show(
        await origin.rewrite(this.data, this.#how, (current, merge) =>
          this.#move(old, origin, current, merge),
        ),
      );
    } catch (error) {
      this.id = old;
      throw error;
    }
  }

  /**
   * Stores the session under `this.id`, and then removes the old one if it still is what was
   * merged with; otherwise merges again. Nobody knows the new id before that.
   *
   * @param {string} old
   * @param {Origin} origin
   * @param {Loaded} current
   * @param {(theirs: Loaded) => ReturnType<typeof import("./saving.js").merged>} merge
   */
  async #move(old, origin, current, merge) {
    const { ttl } = this.#how;
    let theirs = current;
    let { text, conflicts } = merge(theirs);
    let version = await this.#insert(text, ttl(text));
    try {
      for (let attempts = 1; ; attempts++) {
        const outcome = await this.#store.remove(old, theirs.version);
        if (
          outcome.status === "stored" ||
          (outcome.status === "gone" && this.#wasAnonymous(origin))
        ) {
          return { text, version, conflicts, attempts };
        }
        theirs = found(outcome);
        if (attempts >= this.#how.attempts) {
          throw new SessionBusyError(attempts);
        }
        ({ text, conflicts } = merge(theirs));
        const replaced = await this.#store.swap(this.id, version, text, ttl(text));
        if (replaced.status !== "stored") {
          throw new SessionGoneError();
        }
        version = replaced.version;
      }
    } catch (error) {
      await this.#store.delete(this.id);
      throw error;
    }
  }

  /**
   * Whether nobody was logged in to the session when it was read.
   *
   * @param {Origin} origin
   */
  #wasAnonymous({ base }) {
    const { identity } = this.#how;
    return identity !== undefined && textAt(identity, base) === undefined;
  }
}
