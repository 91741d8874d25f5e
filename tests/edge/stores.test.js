/** Every store that runs in Node: the contract, and a storm on each. */

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import Redis from "ioredis";
import pg from "pg";
import postgres from "postgres";
import { createClient } from "redis";
import {
  DjangoSessionStore,
  ioredisStore,
  MemoryStore,
  nodeRedisStore,
  upstashStore,
} from "session-merge/stores";
import { CASES, contract } from "./support/contract.js";
import { createDjangoTable } from "./support/django-table.js";
import { serveRest } from "./support/redis-rest.js";
import { server } from "./support/servers.js";
import { NOTHING_LOST, storm } from "./support/storm.js";

/** Runs the contract and a storm on the store that `open` gives, with what closes it. */
function holds(name, skip, open) {
  suite(name, { skip }, () => {
    let store;
    let close;
    before(async () => {
      [store, close] = await open();
    });
    after(() => close());

    test("keeps the contract", async () => {
      const held = await contract(store);
      assert.equal(held.length, CASES);
    });

    test("loses nothing in a storm", async (context) => {
      const started = performance.now();
      const { attempts, refused, acknowledged, ...lost } = await storm(store);
      const milliseconds = Math.round(performance.now() - started);
      context.diagnostic(`${acknowledged} saves, ${attempts} swaps, ${milliseconds} ms`);
      assert.deepEqual(refused, []);
      assert.equal(acknowledged, 80);
      assert.deepEqual(lost, NOTHING_LOST);
    });
  });
}

const redis = server("REDIS");
const postgresql = server("POSTGRESQL");
const secret = "storm".repeat(10);

holds("MemoryStore", false, async () => [new MemoryStore(), () => {}]);

holds("ioredis", redis.missing, async () => {
  const client = new Redis(redis.url, { keyPrefix: "i:", maxRetriesPerRequest: 0 });
  return [ioredisStore(client), () => client.quit()];
});

holds("node-redis", redis.missing, async () => {
  const client = await createClient({ url: redis.url }).connect();
  return [nodeRedisStore(client, { prefix: "n:" }), () => client.close()];
});

holds("Upstash's REST", redis.missing, async () => {
  const { url, token, close } = await serveRest(redis.url);
  return [upstashStore({ url, token, prefix: "u:" }), close];
});

holds("django_session through pg", postgresql.missing, async () => {
  const pool = new pg.Pool({ connectionString: postgresql.url });
  await createDjangoTable((sql) => pool.query(sql), "django_pg");
  const query = (sql, parameters) => pool.query(sql, parameters);
  return [new DjangoSessionStore(query, { secret, table: "django_pg" }), () => pool.end()];
});

holds("django_session through postgres.js", postgresql.missing, async () => {
  const sql = postgres(postgresql.url, { onnotice: () => {} });
  await createDjangoTable((text) => sql.unsafe(text), "django_postgres_js");
  const query = (text, parameters) => sql.unsafe(text, parameters);
  const options = { secret, table: "django_postgres_js" };
  return [new DjangoSessionStore(query, options), () => sql.end()];
});
