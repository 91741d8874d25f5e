/** A Django site and a worker in workerd share one session, hammered from both sides at once. */

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { DJANGOS } from "./support/django.js";
import { serveRest } from "./support/redis-rest.js";
import { server } from "./support/servers.js";
import { startSite } from "./support/site.js";
import { account, NOTHING_LOST } from "./support/storm.js";
import { startWorker } from "./support/workerd.js";

const CLIENTS = 4;
const ROUNDS = 30;
const secret = "shared".repeat(10);
const postgresql = server("POSTGRESQL");
const redis = server("REDIS");

for (const { version, python, missing } of DJANGOS) {
  for (const [store, engine] of [
    ["postgresql", "session_merge.django.db"],
    ["redis", "session_merge.django.cache"],
  ]) {
    const skip = (python ? false : missing) || postgresql.missing || redis.missing;
    suite(`Django ${version} and a worker, by ${store}`, { skip }, () => {
      shared(python, store, engine);
    });
  }
}

function shared(python, store, engine) {
  let site;
  let worker;
  let workerUrl;
  let rest;

  before(async () => {
    rest = await serveRest(redis.url);
    site = await startSite(python, { SITE_ENGINE: engine, SITE_SECRET: secret });
    worker = await startWorker("shared.js", {
      bindings: {
        STORE: store,
        SECRET: secret,
        POSTGRESQL_URL: postgresql.url,
        REST_URL: rest.url,
        REST_TOKEN: rest.token,
      },
    });
    workerUrl = (await worker.ready).origin;
  });

  after(async () => {
    await worker?.dispose();
    await site?.stop();
    await rest?.close();
  });

  const ask = (base, path, cookie) => fetch(base + path, { headers: cookie ? { cookie } : {} });

  async function cookieOf(response) {
    await response.arrayBuffer();
    assert.equal(response.status, 200);
    return response.headers.get("set-cookie").match(/sessionid=\w+/)[0];
  }

  /** What both sides find in the session, which has to be the same. */
  async function seen(cookie) {
    const django = await (await ask(site.url, "/show", cookie)).json();
    const { data } = await (await ask(workerUrl, "/show", cookie)).json();
    assert.deepEqual(data, django);
    return data;
  }

  test("nothing that either acknowledged is lost", async (context) => {
    const cookie = await cookieOf(await ask(site.url, "/start"));
    const acknowledged = [];
    const refused = [];
    let attempts = 0;
    const hammer = async (side, base, client) => {
      for (let round = 0; round < ROUNDS; round++) {
        const name = `${side}${client}r${round}`;
        const response = await ask(base, `/add?name=${name}`, cookie);
        const body = await response.text();
        if (response.status === 200) {
          acknowledged.push(name);
          attempts += side === "worker" ? JSON.parse(body).attempts : 0;
        } else {
          refused.push(`${side} ${response.status} ${body.slice(0, 300)}`);
        }
      }
    };
    const started = performance.now();
    const clients = Array.from({ length: CLIENTS }, (_, client) => client);
    await Promise.all([
      ...clients.map((client) => hammer("django", site.url, client)),
      ...clients.map((client) => hammer("worker", workerUrl, client)),
    ]);
    const milliseconds = Math.round(performance.now() - started);
    const { acknowledged: count, ...lost } = account(await seen(cookie), acknowledged);
    context.diagnostic(`${count} requests in ${milliseconds} ms; the worker swapped ${attempts}`);
    assert.deepEqual(refused, []);
    assert.equal(count, 2 * CLIENTS * ROUNDS);
    assert.deepEqual(lost, NOTHING_LOST);
    assert.ok(attempts > CLIENTS * ROUNDS, "the two sides never met");
  });

  test("a login in Django is one to the worker, which can verify it", async () => {
    const response = await ask(site.url, "/login");
    const cookie = response.headers.get("set-cookie").match(/sessionid=\w+/)[0];
    const { password } = await response.json();
    const verify = async (given) =>
      (await ask(workerUrl, `/verify?password=${encodeURIComponent(given)}`, cookie)).json();
    assert.equal(await verify(password), "current");
    assert.equal(await verify("another"), null);
  });

  test("a logout on either side wins over late writers", async () => {
    for (const base of [site.url, workerUrl]) {
      const cookie = await cookieOf(await ask(site.url, "/start"));
      const late = ask(workerUrl, "/late", cookie);
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal((await ask(base, "/logout", cookie)).status, 200);
      assert.equal((await late).status, 409);
      const { data, issued } = await (await ask(workerUrl, "/show", cookie)).json();
      assert.deepEqual([data, issued], [{}, "unknown"]);
      assert.deepEqual(await (await ask(site.url, "/show", cookie)).json(), {});
    }
  });
}
