import { changed, GONE, stored } from "./outcomes.js";

const LOAD = `return redis.call('GET', KEYS[1])`;

const CREATE = `return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') and 1 or 0`;

/**
 * Answers 1 if the value was the expected one, 0 if there is none, or else the value.
 *
 * @param {string} effect
 */
const IF_SAME = (effect) => `
local current = redis.call('GET', KEYS[1])
if not current then return 0 end
if current ~= ARGV[1] then return current end
${effect}
return 1`;

const SWAP = IF_SAME(`redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])`);

const REMOVE = IF_SAME(`redis.call('DEL', KEYS[1])`);

const DELETE = `return redis.call('DEL', KEYS[1])`;

/**
 * Sessions in Redis or Valkey, compared and swapped by Lua scripts, in one round trip.
 *
 * A version is the text itself: a text that is the same again holds the same session. Every
 * script has one key, so that clusters will do.
 */
export class RedisStore {
  #evaluate;
  #prefix;

  /**
   * @param {import("session-merge/stores").Evaluate} evaluate
   * @param {import("session-merge/stores").RedisOptions} [options]
   */
  constructor(evaluate, { prefix = "session:" } = {}) {
    this.#evaluate = evaluate;
    this.#prefix = prefix;
  }

  /** @param {string} id */
  async load(id) {
    const text = await this.#run(LOAD, id);
    return typeof text === "string" ? { text, version: text } : null;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {number} ttl
   */
  async create(id, text, ttl) {
    return (await this.#run(CREATE, id, text, milliseconds(ttl))) === 1 ? text : null;
  }

  /**
   * @param {string} id
   * @param {string} version
   * @param {string} text
   * @param {number} ttl
   */
  async swap(id, version, text, ttl) {
    return outcome(await this.#run(SWAP, id, version, text, milliseconds(ttl)), text);
  }

  /**
   * @param {string} id
   * @param {string} version
   */
  async remove(id, version) {
    return outcome(await this.#run(REMOVE, id, version), version);
  }

  /** @param {string} id */
  async delete(id) {
    await this.#run(DELETE, id);
  }

  /**
   * @param {string} script
   * @param {string} id
   * @param {string[]} args
   */
  #run(script, id, ...args) {
    return this.#evaluate(script, this.#prefix + id, args);
  }
}

/**
 * @param {unknown} answer
 * @param {string} text
 */
function outcome(answer, text) {
  if (typeof answer === "string") {
    return changed(answer, answer);
  }
  return answer === 1 ? stored(text) : GONE;
}

/** @param {number} ttl */
function milliseconds(ttl) {
  return String(Math.max(Math.ceil(ttl * 1000), 1));
}

/**
 * Sessions behind a client of the package `ioredis`.
 *
 * By default that sends a command again if the connection breaks before the answer. A swap that was
 * made twice would be merged with itself, and count twice: such a client is refused.
 *
 * @param {Parameters<typeof import("session-merge/stores").ioredisStore>[0]} client
 * @param {import("session-merge/stores").RedisOptions} [options]
 */
export function ioredisStore(client, options) {
  const { isCluster, options: given = {} } = /** @type {any} */ (client);
  const name = isCluster ? "retryDelayOnFailover" : "maxRetriesPerRequest";
  if (given[name] !== 0) {
    throw new TypeError(`ioredis must not send a swap twice: make the client with { ${name}: 0 }`);
  }
  return new RedisStore((script, key, args) => client.eval(script, 1, key, ...args), options);
}

/**
 * Sessions behind a client of the package `redis` (node-redis).
 *
 * @param {Parameters<typeof import("session-merge/stores").nodeRedisStore>[0]} client
 * @param {import("session-merge/stores").RedisOptions} [options]
 */
export function nodeRedisStore(client, options) {
  return new RedisStore(
    (script, key, args) => client.eval(script, { keys: [key], arguments: args }),
    options,
  );
}

/**
 * Sessions behind the REST interface of Upstash, by `fetch` alone.
 *
 * @param {Parameters<typeof import("session-merge/stores").upstashStore>[0]} options
 */
export function upstashStore({ url, token, fetch = globalThis.fetch, ...options }) {
  return new RedisStore(async (script, key, args) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(["EVAL", script, "1", key, ...args]),
    });
    if (!response.ok) {
      // The body may quote what was sent.
      throw new Error(`the Redis REST interface answered ${response.status}`);
    }
    return (await response.json()).result;
  }, options);
}
