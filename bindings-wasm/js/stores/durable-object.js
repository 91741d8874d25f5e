import { Conflict } from "session-merge";

/** @typedef {import("session-merge/stores").Outcome<string>} Outcome */
/** @typedef {import("session-merge/stores").MergeRequest<string>} MergeRequest */

/**
 * Sessions in Durable Objects: one object for each, which merges on its own.
 *
 * A lost race costs no second round trip, because the object has all three texts when it finds
 * out. Bind the namespace to the class `SessionObject`.
 */
export class DurableObjectStore {
  #namespace;

  /** @param {{ idFromName(name: string): any, get(id: any): any }} namespace */
  constructor(namespace) {
    this.#namespace = namespace;
  }

  /** @param {string} id */
  load(id) {
    return this.#ask(id, "load");
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  create(id, text, ttl) {
    return this.#ask(id, "create", text, ttl);
  }

  /**
   * @param {string} id
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   * @returns {Promise<Outcome>}
   */
  swap(id, version, text, ttl) {
    return this.#ask(id, "swap", version, text, ttl);
  }

  /**
   * @param {string} id
   * @param {MergeRequest} request
   */
  async merge(id, request) {
    const outcome = await this.#ask(id, "merge", request);
    outcome.conflicts &&= outcome.conflicts.map(conflictOf);
    return outcome;
  }

  /**
   * @param {string} id
   * @param {string} version
   * @returns {Promise<Outcome>}
   */
  remove(id, version) {
    return this.#ask(id, "remove", version);
  }

  /** @param {string} id */
  async delete(id) {
    await this.#ask(id, "delete");
  }

  /**
   * @param {string} id
   * @param {string} method
   * @param {unknown[]} args
   * @returns {Promise<any>}
   */
  async #ask(id, method, ...args) {
    const object = this.#namespace.get(this.#namespace.idFromName(id));
    const body = JSON.stringify({ method, args });
    const response = await object.fetch("https://session/", { method: "POST", body });
    if (!response.ok) {
      throw new Error(`the Durable Object of the session answered ${response.status}`);
    }
    return response.json();
  }
}

/**
 * A conflict as it was before it went over the wire: it prints no values.
 *
 * @param {object} record
 * @returns {Conflict}
 */
function conflictOf(record) {
  return new /** @type {any} */ (Conflict)(record);
}
