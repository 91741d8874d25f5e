import { lost, perishable, stored, tagOf } from "./outcomes.js";

/**
 * Sessions as objects in a Cloudflare R2 bucket, swapped under the condition that the etag matches.
 *
 * R2 takes about one write a second to one object and answers faster ones with an error, so this
 * is for sessions that are written rarely. It has no expiry either: give the bucket a lifecycle
 * rule that deletes old objects.
 */
export class R2Store {
  #bucket;
  #prefix;

  /**
   * @param {ConstructorParameters<typeof import("session-merge/stores").R2Store>[0]} bucket
   * @param {{ prefix?: string }} [options]
   */
  constructor(bucket, { prefix = "session/" } = {}) {
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /** @param {string} id */
  async load(id) {
    const object = await this.#bucket.get(this.#prefix + id);
    const version = object && perishable(object.etag, object.customMetadata.expires);
    return version && tagOf(version) ? { text: await object.text(), version } : null;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  async create(id, text, ttl) {
    return this.#put(id, text, ttl, { etagDoesNotMatch: "*" });
  }

  /**
   * @param {string} id
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(id, version, text, ttl) {
    const etagMatches = tagOf(version);
    const next = etagMatches && (await this.#put(id, text, ttl, { etagMatches }));
    return next ? stored(next) : lost(await this.load(id));
  }

  /**
   * R2 deletes without conditions: so the object is swapped for one that has expired first.
   *
   * @param {string} id
   * @param {string} version
   */
  async remove(id, version) {
    const outcome = await this.swap(id, version, "", 0);
    if (outcome.status === "stored") {
      await this.delete(id);
    }
    return outcome;
  }

  /** @param {string} id */
  async delete(id) {
    await this.#bucket.delete(this.#prefix + id);
  }

  /**
   * Stores under a condition, and gives the new version; null if the condition does not hold.
   *
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   * @param {object} onlyIf
   */
  async #put(id, text, ttl, onlyIf) {
    const expires = Date.now() + Math.ceil(ttl * 1000);
    const customMetadata = { expires: String(expires) };
    const object = await this.#bucket.put(this.#prefix + id, text, { onlyIf, customMetadata });
    return object && perishable(object.etag, expires);
  }
}
