import {
  decodeSession,
  encodeSession,
  secondsToExpiry,
  withDjangoRules,
} from "session-merge/django";
import { changed, GONE, stored } from "./outcomes.js";
import { tableName } from "./table-name.js";

/**
 * Django's own sessions in PostgreSQL: the rows of `django_session`, as Django writes them.
 *
 * `query(sql, parameters)` runs one statement in autocommit and gives the rows, or an object with
 * `rows`: the `query` of `pg`, the `unsafe` of `postgres`, and most others. A version is the stored
 * text: it is signed with the second it was signed in, so that equal texts hold equal sessions.
 * Django must run with USE_TZ, its default.
 */
export class DjangoSessionStore {
  #query;
  #table;
  #options;
  #cookieAge;

  /**
   * @param {import("session-merge/stores").Query} query
   * @param {import("session-merge/stores").DjangoSessionOptions} options
   */
  constructor(query, { table = "django_session", cookieAge, ...options }) {
    this.#query = query;
    this.#table = tableName(table);
    this.#cookieAge = cookieAge;
    this.#options = options;
  }

  /** What `openSession` heeds: Django's rules, whose session it is, and when it expires. */
  get format() {
    return {
      rules: withDjangoRules,
      identity: "/_auth_user_id",
      /** @param {object} data */
      ttl: (data) => secondsToExpiry(data, this.#cookieAge),
    };
  }

  /** @param {string} id */
  async load(id) {
    const version = await this.#stored(id);
    return version === null ? null : { text: await this.#text(version), version };
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  async create(id, text, ttl) {
    const version = await encodeSession(text, this.#options);
    const [row] = await this.#rows(
      `INSERT INTO ${this.#table} (session_key, session_data, expire_date) VALUES ($1, $2, $3)
       ON CONFLICT (session_key) DO NOTHING RETURNING session_key`,
      [id, version, expireDate(ttl)],
    );
    return row ? version : null;
  }

  /**
   * @param {string} id
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(id, version, text, ttl) {
    const next = await encodeSession(text, this.#options);
    const [row] = await this.#rows(
      `UPDATE ${this.#table} SET session_data = $3, expire_date = $4
       WHERE session_key = $1 AND session_data = $2 AND expire_date > now()
       RETURNING session_key`,
      [id, version, next, expireDate(ttl)],
    );
    return row ? stored(next) : this.#lost(id);
  }

  /**
   * @param {string} id
   * @param {string} version
   */
  async remove(id, version) {
    const [row] = await this.#rows(
      `DELETE FROM ${this.#table} WHERE session_key = $1 AND session_data = $2
       RETURNING session_key`,
      [id, version],
    );
    return row ? stored(version) : this.#lost(id);
  }

  /** @param {string} id */
  async delete(id) {
    await this.#rows(`DELETE FROM ${this.#table} WHERE session_key = $1`, [id]);
  }

  /** @param {string} id */
  async #lost(id) {
    const current = await this.#stored(id);
    return current === null ? GONE : changed(await this.#text(current), current);
  }

  /**
   * @param {string} id
   * @returns {Promise<string | null>}
   */
  async #stored(id) {
    const [row] = await this.#rows(
      `SELECT session_data FROM ${this.#table}
       WHERE session_key = $1 AND expire_date > now()`,
      [id],
    );
    return row?.session_data ?? null;
  }

  /** @param {string} version */
  async #text(version) {
    return (await decodeSession(version, this.#options)).text;
  }

  /**
   * @param {string} sql
   * @param {string[]} parameters
   */
  async #rows(sql, parameters) {
    const result = await this.#query(sql, parameters);
    return Array.from("rows" in result ? result.rows : result);
  }
}

/** @param {number} ttl */
function expireDate(ttl) {
  return new Date(Date.now() + ttl * 1000).toISOString();
}
