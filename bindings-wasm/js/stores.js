/** Sessions that never lose an update, in every store that can compare and swap. */

export { SessionTooLargeError } from "session-merge/django";
export { D1Store } from "./stores/d1.js";
export { DenoKvStore } from "./stores/deno-kv.js";
export { DjangoSessionStore } from "./stores/django-sessions.js";
export { DurableObjectStore } from "./stores/durable-object.js";
export { SessionBusyError, SessionGoneError } from "./stores/errors.js";
export { isSessionId, newSessionId } from "./stores/ids.js";
export { MemoryStore } from "./stores/memory.js";
export { R2Store } from "./stores/r2.js";
export { ioredisStore, nodeRedisStore, RedisStore, upstashStore } from "./stores/redis.js";
export { SessionSaver } from "./stores/saver.js";
export { openSession } from "./stores/session.js";
export { SessionObject } from "./stores/session-object.js";
