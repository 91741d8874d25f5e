/** The examples of SESSIONS.md, each run where it says. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import Redis from "ioredis";
import pg from "pg";
import { encodeSession } from "session-merge/django";
import { DjangoSessionStore, newSessionId, openSession } from "session-merge/stores";
import { createDjangoTable } from "./support/django-table.js";
import { server } from "./support/servers.js";
import { startWorker } from "./support/workerd.js";

const postgresql = server("POSTGRESQL");
const redis = server("REDIS");
const secret = "example".repeat(8);

// Beside the tests, so that they find the packages which are installed for these.
const folder = mkdtempSync(join(import.meta.dirname, "target-examples-"));
const document = readFileSync(join(import.meta.dirname, "../../bindings-wasm/SESSIONS.md"), "utf8");
const names = [];
for (const [, name, code] of document.matchAll(/^```js (\S+)\n(.*?)^```$/gms)) {
  writeFileSync(join(folder, name), code);
  names.push(name);
}
const path = (name) => join(folder, name);

after(() => rmSync(folder, { recursive: true }));

suite("the examples", () => {
  test("are all run here", () => {
    assert.deepEqual(names, [
      "memory.js",
      "django-worker.js",
      "django-cache.js",
      "django-read.js",
      "hono-worker.js",
      "express-app.js",
      "deno.js",
    ]);
  });

  test("memory.js prints what it says", () => {
    const { stdout, stderr } = spawnSync("node", [path("memory.js")], { encoding: "utf8" });
    const [, said] = document.match(/console\.log\(other\.data\); \/\/ (.*)/);
    assert.equal(stdout.trim(), said, stderr);
  });

  test("django-worker.js counts on in a row of Django", { skip: postgresql.missing }, async () => {
    const admin = new pg.Client({ connectionString: postgresql.url });
    await admin.connect();
    await admin.query("CREATE DATABASE examples");
    await admin.end();
    const url = new URL(postgresql.url);
    url.pathname = "/examples";
    const pool = new pg.Pool({ connectionString: url.href });
    await createDjangoTable((sql) => pool.query(sql));
    const worker = await startWorker(path("django-worker.js"), {
      bindings: { DATABASE_URL: url.href, SECRET_KEY: secret },
    });
    const id = newSessionId();
    const stored = await encodeSession({ visits: 41 }, { secret });
    await pool.query("INSERT INTO django_session VALUES ($1, $2, now() + interval '1 day')", [
      id,
      stored,
    ]);
    const ask = (cookie) => worker.dispatchFetch("http://worker/", { headers: { cookie } });
    const response = await ask(`sessionid=${id}`);
    assert.deepEqual(await response.json(), { visits: 42 });
    assert.equal(response.headers.get("set-cookie"), null);
    const fresh = await ask(`sessionid=${newSessionId()}`);
    assert.deepEqual(await fresh.json(), { visits: 1 });
    assert.match(fresh.headers.get("set-cookie"), /^sessionid=[a-z0-9]{32}; Path=\/; HttpOnly/);
    const store = new DjangoSessionStore((sql, values) => pool.query(sql, values), { secret });
    assert.deepEqual((await openSession(store, id)).data, { visits: 42 });
    await worker.dispose();
    await pool.end();
  });

  test("django-cache.js opens what Django's cache holds as JSON", {
    skip: redis.missing,
  }, async () => {
    const { open } = await import(path("django-cache.js"));
    const client = new Redis(redis.url, { maxRetriesPerRequest: 0 });
    const id = newSessionId();
    const key = `:1:django.contrib.sessions.cache${id}`;
    await client.set(key, '{"visits":1,"_session_expiry":300}', "EX", 60);
    const session = await open(client, id);
    session.data.visits += 1;
    await session.save();
    assert.equal(await client.get(key), '{"visits":2,"_session_expiry":300}');
    assert.ok((await client.ttl(key)) > 290);
    await client.quit();
  });

  test("django-read.js gives nobody without the right hash", async () => {
    const { currentUser } = await import(path("django-read.js"));
    const user = { id: "1", password: "pbkdf2_sha256$...", is_active: true };
    const salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash";
    const key = createHash("sha256")
      .update(salt + secret)
      .digest();
    const right = createHmac("sha256", key).update(user.password).digest("hex");
    const userOf = async (hash, is_active = true) => {
      const stored = await encodeSession({ _auth_user_id: "1", _auth_user_hash: hash }, { secret });
      return currentUser(stored, { secret }, async () => ({ ...user, is_active }));
    };
    assert.deepEqual(await userOf(right), user);
    assert.equal(await userOf("x"), null);
    assert.equal(await userOf(right, false), null);
    const anonymous = await encodeSession({}, { secret });
    assert.equal(await currentUser(anonymous, { secret }, async () => user), null);
  });

  test("hono-worker.js counts in a Durable Object", async () => {
    const durableObjects = { SESSIONS: { className: "SessionObject", useSQLite: true } };
    const worker = await startWorker(path("hono-worker.js"), { durableObjects });
    const ask = (method, url, cookie = "") =>
      worker.dispatchFetch(`http://worker${url}`, { method, headers: { cookie } });
    const first = await ask("POST", "/cart/pen");
    const [cookie] = first.headers.get("set-cookie").split(";");
    const more = await Promise.all(
      Array.from({ length: 9 }, () => ask("POST", "/cart/pen", cookie)),
    );
    assert.deepEqual(new Set(more.map(({ status }) => status)), new Set([204]));
    assert.deepEqual(await (await ask("GET", "/cart", cookie)).json(), { pen: 10 });
    await worker.dispose();
  });

  test("express-app.js counts in Redis", { skip: redis.missing }, async () => {
    const { shop } = await import(path("express-app.js"));
    const client = new Redis(redis.url, { maxRetriesPerRequest: 0 });
    const listener = shop(client, "secret").listen(0, "127.0.0.1");
    await once(listener, "listening");
    const ask = (method, url, cookie = "") =>
      fetch(`http://127.0.0.1:${listener.address().port}${url}`, { method, headers: { cookie } });
    const first = await ask("POST", "/cart/pen");
    const [cookie] = first.headers.get("set-cookie").split(";");
    const more = await Promise.all(
      Array.from({ length: 9 }, () => ask("POST", "/cart/pen", cookie)),
    );
    assert.deepEqual(new Set(more.map(({ status }) => status)), new Set([204]));
    assert.deepEqual(await (await ask("GET", "/cart", cookie)).json(), { pen: 10 });
    listener.closeAllConnections();
    listener.close();
    await client.quit();
  });

  test("deno.js runs in Deno", () => {
    const flags = ["--no-prompt", "--unstable-kv", "--node-modules-dir=manual"];
    flags.push("--allow-read", "--allow-env");
    const { stdout, stderr } = spawnSync(
      join(import.meta.dirname, "node_modules/.bin/deno"),
      ["run", ...flags, path("deno.js"), ":memory:"],
      { encoding: "utf8", timeout: 120_000 },
    );
    assert.equal(stdout.trim(), "1", stderr);
  });
});
