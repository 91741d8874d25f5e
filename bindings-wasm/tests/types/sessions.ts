/** The declarations of the session modules, as TypeScript's compiler takes them. */

import session from "express-session";
import { Hono } from "hono";
import {
  decodeSession,
  encodeSession,
  verifyAuthHash,
  withDjangoRules,
} from "session-merge/django";
import { MergingStore } from "session-merge/express";
import { type MergingSessionOptions, mergingSession } from "session-merge/hono";
import {
  type CasStore,
  D1Store,
  DjangoSessionStore,
  DurableObjectStore,
  MemoryStore,
  type Outcome,
  openSession,
  RedisStore,
  SessionBusyError,
} from "session-merge/stores";

interface Shop {
  visits: number;
  cart?: Record<string, number>;
}

const memory: CasStore<number> = new MemoryStore();
const shop = await openSession<Shop>(memory, null, { rules: { "/visits": "counter" } });
shop.data.visits += 1;
shop.data.cart = { pen: 1 };
// @ts-expect-error: the data has a type
shop.data.visits = "one";
// @ts-expect-error: the id is not to be chosen
shop.id = "mine";
const { stored, conflicts, attempts } = await shop.save();
const told: [boolean, number, number] = [stored, conflicts.length, attempts];

// @ts-expect-error: rules are checked
await openSession(memory, null, { rules: { "/visits": "nonsense" } });
// @ts-expect-error: a store has five methods
await openSession({ load: async () => null }, null);

const { data, text, signedAt, fallback } = await decodeSession<Shop>("…", { secret: "s" });
const again: string = await encodeSession(text, { secret: "s", signedAt });
const isSure: boolean = !fallback && (await verifyAuthHash(data, "hash", { secret: "s" })) !== null;
// @ts-expect-error: there is no default secret
await decodeSession("…", {});

const django = new DjangoSessionStore(async (sql, parameters) => [{ sql, parameters }], {
  secret: "s",
  fallbacks: [new Uint8Array([1])],
});
const redis = new RedisStore(async (script, key, args) => [script, key, ...args]);
const d1 = new D1Store({ prepare: (sql: string) => sql });
const objects = new DurableObjectStore({ idFromName: (name) => name, get: (id) => id });
const stores: CasStore<string>[] = [django, redis, d1, objects];
const outcome: Outcome<string> = await django.swap("id", "version", "{}", 60);
if (outcome.status === "changed") {
  const version: string = outcome.version + outcome.text;
  stores.push(redis);
  told.push(version.length);
}

const options: MergingSessionOptions = { rules: withDjangoRules({}), cookie: { name: "sid" } };
const app = new Hono().use(mergingSession<Shop>(memory, options));
app.get("/", (c) => c.text(String(isSure && again)));
session({ secret: "s", store: new MergingStore(memory, { ttl: 60 }) });

export const busy = (error: unknown) => error instanceof SessionBusyError && error.attempts;
