/** Cloudflare's stores, in workerd: Durable Objects, D1 and R2. */

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { D1Store } from "session-merge/stores";
import { CASES } from "./support/contract.js";
import { NOTHING_LOST } from "./support/storm.js";
import { startWorker } from "./support/workerd.js";

suite("workerd", () => {
  let worker;
  before(async () => {
    worker = await startWorker("stores.js", {
      durableObjects: { SESSIONS: { className: "SessionObject", useSQLite: true } },
      d1Databases: ["DB"],
      r2Buckets: ["BUCKET"],
    });
    const db = await worker.getD1Database("DB");
    await db.exec(D1Store.schema());
  });
  after(() => worker?.dispose());

  async function ask(path, store) {
    const url = `http://worker/${path}?store=${encodeURIComponent(store)}`;
    const response = await worker.dispatchFetch(url);
    assert.equal(response.status, 200, response.ok ? "" : await response.text());
    return response.json();
  }

  for (const store of ["Durable Object", "D1", "R2"]) {
    test(`${store} keeps the contract`, async () => {
      assert.equal((await ask("contract", store)).length, CASES);
    });

    test(`${store} loses nothing in a storm`, async (context) => {
      const started = performance.now();
      const { attempts, refused, acknowledged, ...lost } = await ask("storm", store);
      const milliseconds = Math.round(performance.now() - started);
      context.diagnostic(`${acknowledged} saves, ${attempts} swaps, ${milliseconds} ms`);
      assert.deepEqual(refused, []);
      assert.equal(acknowledged, 80);
      assert.deepEqual(lost, NOTHING_LOST);
    });
  }

  test("D1 clears away what has expired", async () => {
    const store = new D1Store(await worker.getD1Database("DB"));
    await store.deleteExpired();
    await store.create("a".repeat(32), "{}", -1);
    await store.create("b".repeat(32), "{}", 60);
    assert.equal(await store.deleteExpired(), 1);
    assert.equal((await store.load("b".repeat(32))).text, "{}");
  });
});
