import { lost, stored } from "./outcomes.js";

/** Sessions in the memory of this process: for tests, and for sites that are one process. */
export class MemoryStore {
  /** @type {Map<string, { text: string, version: number, expires: number }>} */
  #entries = new Map();
  #versions = 0;

  /** @param {string} id */
  async load(id) {
    const entry = this.#living(id);
    return entry ? { text: entry.text, version: entry.version } : null;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  async create(id, text, ttl) {
    return this.#living(id) ? null : this.#put(id, text, ttl);
  }

  /**
   * @param {string} id
   * @param {number} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(id, version, text, ttl) {
    const entry = this.#living(id);
    return entry?.version === version ? stored(this.#put(id, text, ttl)) : lost(entry);
  }

  /**
   * @param {string} id
   * @param {number} version
   */
  async remove(id, version) {
    const entry = this.#living(id);
    if (entry?.version !== version) {
      return lost(entry);
    }
    this.#entries.delete(id);
    return stored(version);
  }

  /** @param {string} id */
  async delete(id) {
    this.#entries.delete(id);
  }

  /** @param {string} id */
  #living(id) {
    const entry = this.#entries.get(id) ?? null;
    if (entry && entry.expires <= Date.now()) {
      this.#entries.delete(id);
      return null;
    }
    return entry;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  #put(id, text, ttl) {
    const version = ++this.#versions;
    this.#entries.set(id, { text, version, expires: Date.now() + ttl * 1000 });
    return version;
  }
}
