import { Store } from "express-session";
import { Rules } from "session-merge";
import { SessionSaver } from "session-merge/stores";
import { refillMembers } from "./stores/refill.js";

/** @typedef {any} Session what express-session keeps as `request.session` */
/** @typedef {(error: unknown, value?: any) => void} Callback */

const DAY = 86_400;

/** Every request moves this date on, so that both sides always change it: the later one holds. */
const COOKIE_RULES = Object.freeze({ "/cookie/expires": /** @type {const} */ ("max") });

/**
 * A store for express-session that merges, over any CasStore.
 *
 * What a request started from is kept beside its own session object, which express-session passes
 * to `set`; two requests with one session id never share it.
 */
export class MergingStore extends Store {
  #saver;
  /** @type {WeakMap<Session, import("session-merge/stores").Origin>} */
  #origins = new WeakMap();
  /** @type {WeakMap<Session, Promise<unknown>>} */
  #turns = new WeakMap();

  /**
   * @param {import("session-merge/stores").CasStore} store
   * @param {import("session-merge/express").MergingStoreOptions} [options]
   */
  constructor(store, { ttl = DAY, rules = {}, ...options } = {}) {
    super();
    this.#saver = new SessionSaver(store, {
      ...options,
      rules: rules instanceof Rules ? rules : { ...COOKIE_RULES, ...rules },
      ttl: ({ cookie }) => secondsToLive(cookie, ttl),
    });
  }

  /**
   * @param {string} sid
   * @param {Callback} callback
   */
  get(sid, callback) {
    answer(callback, async () => {
      const loaded = await this.#saver.load(sid);
      if (loaded === null) {
        return null;
      }
      this.#origins.set(loaded.data, loaded.origin);
      return loaded.data;
    });
  }

  /**
   * Called by express-session with what `get` gave; makes the session object of the request.
   *
   * @param {any} request
   * @param {Session} data
   */
  createSession(request, data) {
    const origin = this.#origins.get(data);
    const session = super.createSession(request, data);
    if (origin) {
      this.#origins.set(session, origin);
    }
    return session;
  }

  /**
   * @param {string} sid
   * @param {Session} session
   * @param {Callback} [callback]
   */
  set(sid, session, callback) {
    answer(callback, () => this.#inTurn(session, () => this.#save(sid, session)));
  }

  /**
   * @param {string} sid
   * @param {Session} _session
   * @param {Callback} [callback]
   */
  touch(sid, _session, callback) {
    answer(callback, () => this.#saver.touch(sid));
  }

  /**
   * @param {string} sid
   * @param {Callback} [callback]
   */
  destroy(sid, callback) {
    answer(callback, () => this.#saver.delete(sid));
  }

  /**
   * @param {Session} session
   * @param {() => Promise<unknown>} work
   */
  #inTurn(session, work) {
    const result = (this.#turns.get(session) ?? Promise.resolve()).then(work);
    const settled = result.catch(() => undefined); // the callback of that turn has the error
    this.#turns.set(session, settled);
    return result;
  }

  /**
   * @param {string} sid
   * @param {Session} session
   */
  async #save(sid, session) {
    const origin = this.#origins.get(session) ?? (await this.#saver.create(sid, session));
    this.#origins.set(session, origin);
    const fresh = await this.#saver.save(sid, session, origin);
    if (fresh) {
      show(session, fresh);
    }
  }
}

/**
 * Shows in the session of the request what was stored.
 *
 * @param {Session} session
 * @param {Record<string, any>} fresh
 */
function show(session, { cookie, ...data }) {
  refillMembers(session, data, (name) => name !== "cookie");
  const { expires, originalMaxAge, ...attributes } = cookie;
  Object.assign(session.cookie, attributes);
  session.cookie.expires = typeof expires === "string" ? new Date(expires) : expires;
  session.cookie.originalMaxAge = originalMaxAge; // which setting `expires` has changed
}

/**
 * @param {{ originalMaxAge: number | null, expires: string | null }} cookie as it is stored
 * @param {number} ttl
 */
function secondsToLive({ originalMaxAge, expires }, ttl) {
  if (typeof originalMaxAge === "number") {
    return originalMaxAge / 1000;
  }
  return expires ? (Date.parse(expires) - Date.now()) / 1000 : ttl;
}

/**
 * Calls back outside of the promise, so that what the callback throws is not taken for ours.
 *
 * @param {Callback | undefined} callback
 * @param {() => Promise<unknown>} work
 */
function answer(callback, work) {
  work().then(
    (value) => queueMicrotask(() => callback?.(null, value)),
    (error) => queueMicrotask(() => callback?.(error)),
  );
}
