import { dataOf, textOf } from "./documents.js";
import { savingOptions } from "./options.js";
import { Origin } from "./origin.js";
import { found } from "./saving.js";

/**
 * Saves the sessions of a framework that has session objects and ids of its own.
 *
 * The framework keeps the origin that `load` gives beside the session object that it made of the
 * data, and hands both to `save`.
 */
export class SessionSaver {
  #store;
  #how;

  /**
   * @param {import("session-merge/stores").CasStore} store
   * @param {import("session-merge/stores").SaveOptions} [options]
   */
  constructor(store, options = {}) {
    this.#how = savingOptions(store, options);
    this.#store = store;
  }

  /** @param {string} id */
  async load(id) {
    const loaded = await this.#store.load(id);
    return loaded && { data: dataOf(loaded.text), origin: new Origin(loaded) };
  }

  /**
   * @param {string} id
   * @param {object} data
   */
  async create(id, data) {
    const text = textOf(data);
    const version = await this.#store.create(id, text, this.#how.ttl(text));
    return version === null
      ? new Origin(found(await this.#store.load(id)), "{}")
      : new Origin({ text, version });
  }

  /**
   * @param {string} id
   * @param {object} data
   * @param {Origin} origin
   */
  async save(id, data, origin) {
    const saved = await origin.save(this.#store, id, data, this.#how);
    return saved?.fresh ?? null;
  }

  /** @param {string} id */
  async touch(id) {
    const loaded = await this.#store.load(id);
    if (loaded) {
      await this.#store.swap(id, loaded.version, loaded.text, this.#how.ttl(loaded.text));
    }
  }

  /** @param {string} id */
  async delete(id) {
    await this.#store.delete(id);
  }
}
