/** A connection that breaks after a swap was made and before its answer came: never made twice. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after, before, suite, test } from "node:test";
import Redis from "ioredis";
import { createClient } from "redis";
import { ioredisStore, nodeRedisStore, openSession } from "session-merge/stores";
import { server } from "./support/servers.js";

const redis = server("REDIS");
const rules = { "/n": "counter" };

/** A way to the server that can swallow the answer to what is sent next, and break off. */
async function openProxy(target) {
  const { hostname, port } = new URL(target);
  const proxy = { swallows: false, swallowed: 0 };
  const sockets = new Set();
  const listener = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes) => {
      if (!proxy.swallows) {
        client.write(bytes);
        return;
      }
      proxy.swallows = false;
      proxy.swallowed += 1;
      client.destroy();
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  proxy.url = `redis://127.0.0.1:${listener.address().port}`;
  proxy.close = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    listener.close();
  };
  return proxy;
}

suite("an answer that is lost", { skip: redis.missing }, () => {
  let proxy;
  before(async () => {
    proxy = await openProxy(redis.url);
  });
  after(() => proxy?.close());

  async function isCountedOnce(store) {
    const session = await openSession(store, null, { rules });
    session.data.n = 1;
    await session.save();
    session.data.n += 1;
    const { swallowed } = proxy;
    proxy.swallows = true;
    await assert.rejects(session.save());
    assert.equal(proxy.swallowed, swallowed + 1);
    const { data } = await openSession(store, session.id);
    assert.equal(data.n, 2);
  }

  test("ioredis", async () => {
    const client = new Redis(proxy.url, { maxRetriesPerRequest: 0 });
    client.on("error", () => {});
    await isCountedOnce(ioredisStore(client));
    client.disconnect();
  });

  test("node-redis", async () => {
    const client = createClient({ url: proxy.url });
    client.on("error", () => {});
    await client.connect();
    await isCountedOnce(nodeRedisStore(client));
    client.destroy();
  });

  test("ioredis that would send a swap again is refused", async () => {
    const client = new Redis(redis.url, { lazyConnect: true });
    assert.throws(() => ioredisStore(client), /maxRetriesPerRequest: 0/);
    const nodes = [{ host: "127.0.0.1", port: 1 }];
    const cluster = new Redis.Cluster(nodes, { lazyConnect: true });
    assert.throws(() => ioredisStore(cluster), /retryDelayOnFailover: 0/);
    ioredisStore(new Redis.Cluster(nodes, { lazyConnect: true, retryDelayOnFailover: 0 }));
  });
});
