import { lost, stored } from "./outcomes.js";
import { tableName } from "./table-name.js";

/**
 * Sessions in a table of Cloudflare D1.
 *
 * Each version is a random token, so that no version of an earlier session under the same id is
 * ever taken for the current one.
 */
export class D1Store {
  #db;
  #table;

  /**
   * @param {{ prepare(sql: string): any }} db
   * @param {{ table?: string }} [options]
   */
  constructor(db, { table = "session_merge" } = {}) {
    this.#db = db;
    this.#table = tableName(table);
  }

  /** The statement for a migration that makes the table. */
  static schema(table = "session_merge") {
    return (
      `CREATE TABLE IF NOT EXISTS ${tableName(table)} (id TEXT PRIMARY KEY, text TEXT NOT NULL, ` +
      "version TEXT NOT NULL, expires INTEGER NOT NULL)"
    );
  }

  /** @param {string} id */
  async load(id) {
    const sql = `SELECT text, version FROM ${this.#table} WHERE id = ? AND expires > ?`;
    return this.#prepare(sql, id, Date.now()).first();
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  async create(id, text, ttl) {
    const version = crypto.randomUUID();
    const now = Date.now();
    const sql = `INSERT INTO ${this.#table} (id, text, version, expires) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET text = excluded.text, version = excluded.version,
      expires = excluded.expires WHERE expires <= ?`;
    const expires = now + Math.ceil(ttl * 1000);
    return (await this.#changes(sql, id, text, version, expires, now)) ? version : null;
  }

  /**
   * @param {string} id
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(id, version, text, ttl) {
    const next = crypto.randomUUID();
    const now = Date.now();
    const sql = `UPDATE ${this.#table} SET text = ?, version = ?, expires = ?
      WHERE id = ? AND version = ? AND expires > ?`;
    const expires = now + Math.ceil(ttl * 1000);
    const changes = await this.#changes(sql, text, next, expires, id, version, now);
    return changes ? stored(next) : lost(await this.load(id));
  }

  /**
   * @param {string} id
   * @param {string} version
   */
  async remove(id, version) {
    const sql = `DELETE FROM ${this.#table} WHERE id = ? AND version = ?`;
    const changes = await this.#changes(sql, id, version);
    return changes ? stored(version) : lost(await this.load(id));
  }

  /** @param {string} id */
  async delete(id) {
    await this.#changes(`DELETE FROM ${this.#table} WHERE id = ?`, id);
  }

  /** Deletes the sessions that have expired: to be called from time to time, by a cron trigger. */
  async deleteExpired() {
    return this.#changes(`DELETE FROM ${this.#table} WHERE expires <= ?`, Date.now());
  }

  /**
   * @param {string} sql
   * @param {(string | number)[]} values
   * @returns {Promise<number>}
   */
  async #changes(sql, ...values) {
    return (await this.#prepare(sql, ...values).run()).meta.changes;
  }

  /**
   * @param {string} sql
   * @param {(string | number)[]} values
   */
  #prepare(sql, ...values) {
    return this.#db.prepare(sql).bind(...values);
  }
}
