import { lost, stored } from "./outcomes.js";

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
    if (!isLiving(object)) {
      return null;
    }
    return { text: await object.text(), version: object.etag };
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  async create(id, text, ttl) {
    const object = await this.#put(id, text, ttl, { etagDoesNotMatch: "*" });
    return object?.etag ?? null;
  }

  /**
   * @param {string} id
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(id, version, text, ttl) {
    const object = await this.#put(id, text, ttl, { etagMatches: version });
    return object ? stored(object.etag) : lost(await this.load(id));
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
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   * @param {object} onlyIf
   */
  #put(id, text, ttl, onlyIf) {
    const customMetadata = { expires: String(Date.now() + Math.ceil(ttl * 1000)) };
    return this.#bucket.put(this.#prefix + id, text, { onlyIf, customMetadata });
  }
}

/** @param {any} object */
function isLiving(object) {
  return object !== null && Number(object.customMetadata.expires) > Date.now();
}
