import { SessionTooLargeError } from "session-merge/django";
import { lost, perishable, stored, tagOf } from "./outcomes.js";

/** What Deno KV takes for one value, and what its serialisation adds to a text and a date. */
const LIMIT = 65_536;
const OVERHEAD = 64;

/**
 * Sessions in Deno KV, swapped by an atomic operation that checks the versionstamp.
 *
 * Deno deletes what has expired at some time after it, so the date is looked at as well.
 */
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
    const version = value && perishable(versionstamp, value.expires);
    return version && tagOf(version) ? { text: value.text, version } : null;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  async create(id, text, ttl) {
    const key = this.#key(id);
    const { value, versionstamp } = await this.#kv.get(key);
    const isThere = value && value.expires > Date.now();
    return isThere ? null : this.#put({ key, versionstamp }, text, ttl);
  }

  /**
   * @param {string} id
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(id, version, text, ttl) {
    const check = this.#check(id, version);
    const next = check && (await this.#put(check, text, ttl));
    return next ? stored(next) : lost(await this.load(id));
  }

  /**
   * @param {string} id
   * @param {string} version
   */
  async remove(id, version) {
    const check = this.#check(id, version);
    const removed = check && (await this.#kv.atomic().check(check).delete(check.key).commit());
    return removed?.ok ? stored(version) : lost(await this.load(id));
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
   * What Deno checks; null if what had this version has expired.
   *
   * @param {string} id
   * @param {string} version
   */
  #check(id, version) {
    const versionstamp = tagOf(version);
    return versionstamp && { key: this.#key(id), versionstamp };
  }

  /**
   * Stores if the check holds, and gives the new version; null if it does not.
   *
   * @param {{ key: (string | number)[], versionstamp: string | null }} check
   * @param {string} text
   * @param {number} ttl
   */
  async #put(check, text, ttl) {
    const size = serializedSize(text);
    if (size > LIMIT - OVERHEAD) {
      throw new SessionTooLargeError(size, LIMIT - OVERHEAD);
    }
    const expireIn = Math.max(Math.ceil(ttl * 1000), 1);
    const expires = Date.now() + expireIn;
    const { ok, versionstamp } = await this.#kv
      .atomic()
      .check(check)
      .set(check.key, { text, expires }, { expireIn })
      .commit();
    return ok ? perishable(versionstamp, expires) : null;
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
