import { SessionTooLargeError } from "./errors.js";
import { lost, stored } from "./outcomes.js";

/** What Deno KV takes for one value, and what its serialisation adds to a text and a date. */
const LIMIT = 65_536;
const OVERHEAD = 64;

/** Sessions in Deno KV, swapped by an atomic operation that checks the versionstamp. */
export class DenoKvStore {
  #kv;
  #prefix;

  /**
   * @param {ConstructorParameters<typeof import("session-merge/stores").DenoKvStore>[0]} kv
   * @param {{ prefix?: readonly (string | number)[] }} [options]
   */
  constructor(kv, { prefix = ["sessions"] } = {}) {
    this.#kv = kv;
    this.#prefix = prefix;
  }

  /** @param {string} id */
  async load(id) {
    const { value, versionstamp } = await this.#kv.get(this.#key(id));
    return isLiving(value) ? { text: value.text, version: versionstamp } : null;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  async create(id, text, ttl) {
    const { value, versionstamp } = await this.#kv.get(this.#key(id));
    return isLiving(value) ? null : this.#put(id, versionstamp, text, ttl);
  }

  /**
   * @param {string} id
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(id, version, text, ttl) {
    const next = await this.#put(id, version, text, ttl);
    return next === null ? lost(await this.load(id)) : stored(next);
  }

  /**
   * @param {string} id
   * @param {string} version
   */
  async remove(id, version) {
    const key = this.#key(id);
    const { ok } = await this.#kv
      .atomic()
      .check({ key, versionstamp: version })
      .delete(key)
      .commit();
    return ok ? stored(version) : lost(await this.load(id));
  }

  /** @param {string} id */
  async delete(id) {
    await this.#kv.delete(this.#key(id));
  }

  /** @param {string} id */
  #key(id) {
    return [...this.#prefix, id];
  }

  /**
   * Stores where the version is still this one (null: none), and gives the new version or null.
   *
   * @param {string} id
   * @param {string | null} version
   * @param {string} text
   * @param {number} ttl
   * @returns {Promise<string | null>}
   */
  async #put(id, version, text, ttl) {
    const size = serializedSize(text);
    if (size > LIMIT - OVERHEAD) {
      throw new SessionTooLargeError("Deno KV", size, LIMIT - OVERHEAD);
    }
    const key = this.#key(id);
    const milliseconds = Math.max(Math.ceil(ttl * 1000), 1);
    const value = { text, expires: Date.now() + milliseconds };
    const { ok, versionstamp } = await this.#kv
      .atomic()
      .check({ key, versionstamp: version })
      .set(key, value, { expireIn: milliseconds })
      .commit();
    return ok ? versionstamp : null;
  }
}

/**
 * V8 writes a string with one byte a character, or with two as soon as one needs it.
 *
 * @param {string} text
 */
function serializedSize(text) {
  return /[\u0100-\uffff]/.test(text) ? text.length * 2 : text.length;
}

/**
 * Deno deletes what has expired at some time after it, so the date is looked at as well.
 *
 * @param {any} value
 */
function isLiving(value) {
  return value !== null && value.expires > Date.now();
}
