/** The Hono middleware: parallel requests, cookies, and errors. */

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Hono } from "hono";
import { mergingSession } from "session-merge/hono";
import { MemoryStore, newSessionId, openSession, SessionGoneError } from "session-merge/stores";
import { account, NOTHING_LOST, RULES } from "./support/storm.js";

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function site(store, options = {}) {
  const app = new Hono();
  app.use(mergingSession(store, { rules: RULES, ...options }));
  app.get("/start", (c) => {
    c.get("session").data = { count: 0, log: [] };
    return c.text("");
  });
  app.get("/add", async (c) => {
    const { data } = c.get("session");
    const name = c.req.query("name");
    data[name] = true;
    data.count += 1;
    data.log.push(name);
    await pause(5);
    return c.text("");
  });
  app.get("/look", (c) => c.json(c.get("session").data));
  app.get("/login", async (c) => {
    const session = c.get("session");
    session.data.user = 7;
    await session.regenerate();
    return c.text("");
  });
  app.get("/logout", async (c) => {
    await c.get("session").destroy();
    return c.text("");
  });
  app.get("/error", (c) => {
    c.get("session").data.half = true;
    throw new Error("a handler failed");
  });
  app.onError((error, c) => c.text(error.name, error instanceof SessionGoneError ? 409 : 500));
  return {
    app,
    get: (path, id) => app.request(path, { headers: id ? { cookie: `sessionid=${id}` } : {} }),
  };
}

function cookieOf(response) {
  return response.headers.get("set-cookie")?.match(/sessionid=([^;]*)/)?.[1];
}

async function started(options) {
  const store = new MemoryStore();
  const { get, app } = site(store, options);
  return { store, get, app, id: cookieOf(await get("/start")) };
}

suite("mergingSession", () => {
  test("parallel requests lose nothing", async (context) => {
    const { store, get, id } = await started();
    const acknowledged = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, client) => {
        for (let round = 0; round < 25; round++) {
          const name = `c${client}r${round}`;
          if ((await get(`/add?name=${name}`, id)).status === 200) {
            acknowledged.push(name);
          }
        }
      }),
    );
    const { data } = await openSession(store, id);
    const { acknowledged: count, ...lost } = account(data, acknowledged);
    context.diagnostic(`${count} requests`);
    assert.equal(count, 200);
    assert.deepEqual(lost, NOTHING_LOST);
  });

  test("sets a safe cookie when there is something to keep, and only then", async () => {
    const { get, id } = await started();
    const response = await get("/start");
    const cookie = response.headers.get("set-cookie");
    assert.match(cookie, /^sessionid=[a-z0-9]{32}; Max-Age=1209600; Path=\/; HttpOnly; Secure;/);
    assert.match(cookie, /SameSite=Lax/);
    assert.equal((await get("/look")).headers.get("set-cookie"), null);
    assert.equal((await get("/add?name=a", id)).headers.get("set-cookie"), null);
  });

  test("takes cookie attributes, and renews the cookie if it is to roll", async () => {
    const cookie = { name: "__Host-sid", maxAge: 60, sameSite: "Strict" };
    const { app } = site(new MemoryStore(), { cookie, rolling: true });
    const first = (await app.request("/start")).headers.get("set-cookie");
    assert.match(first, /^__Host-sid=[a-z0-9]{32}; Max-Age=60; Path=\/; HttpOnly; Secure/);
    const again = await app.request("/look", { headers: { cookie: first.split(";")[0] } });
    assert.equal(again.headers.get("set-cookie"), first);
  });

  test("keeps a cookie no longer than browsers do, however long the session lives", async () => {
    const { app } = site(new MemoryStore(), { ttl: 500 * 86_400 });
    const response = await app.request("/start");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("set-cookie"), /; Max-Age=34560000;/);
  });

  test("finds the cookie under the prefix that Hono puts before its name", async () => {
    for (const [prefix, name] of [
      ["host", "__Host-sessionid"],
      ["secure", "__Secure-sessionid"],
    ]) {
      const { app } = site(new MemoryStore(), { cookie: { prefix } });
      const set = (await app.request("/start")).headers.get("set-cookie");
      assert.ok(set.startsWith(`${name}=`));
      const cookie = set.split(";")[0];
      const look = await app.request("/look", { headers: { cookie } });
      assert.deepEqual(await look.json(), { count: 0, log: [] });
      const gone = await app.request("/logout", { headers: { cookie } });
      assert.ok(gone.headers.get("set-cookie").startsWith(`${name}=; Max-Age=0`));
    }
  });

  test("gives an unknown id a new one, and takes its cookie away if there is nothing", async () => {
    const { store, get } = await started();
    const unknown = newSessionId();
    const id = cookieOf(await get("/start", unknown));
    assert.notEqual(id, unknown);
    assert.equal(await store.load(unknown), null);
    assert.match((await get("/look", unknown)).headers.get("set-cookie"), /^sessionid=; Max-Age=0/);
  });

  test("moves the session at login, and deletes it at logout", async () => {
    const { store, get, id } = await started();
    const moved = cookieOf(await get("/login", id));
    assert.notEqual(moved, id);
    assert.equal(await store.load(id), null);
    assert.deepEqual(await (await get("/look", moved)).json(), { count: 0, log: [], user: 7 });
    const response = await get("/logout", moved);
    assert.match(response.headers.get("set-cookie"), /^sessionid=; Max-Age=0/);
    assert.equal(await store.load(moved), null);
  });

  test("a late request does not bring back a session, and is told so", async () => {
    const { store, get, id } = await started();
    const late = get("/add?name=late", id);
    await pause(1);
    await get("/logout", id);
    const response = await late;
    assert.equal(response.status, 409);
    assert.equal(await response.text(), "SessionGoneError");
    assert.equal(await store.load(id), null);
  });

  test("what a request that failed did is not stored", async () => {
    const { store, get, id } = await started();
    assert.equal((await get("/error", id)).status, 500);
    assert.deepEqual((await openSession(store, id)).data, { count: 0, log: [] });
  });
});
