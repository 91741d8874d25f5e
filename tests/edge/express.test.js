/** express-session on a merging store: parallel requests, and what a request may do. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { suite, test } from "node:test";
import express from "express";
import session from "express-session";
import Redis from "ioredis";
import { MergingStore } from "session-merge/express";
import { ioredisStore, MemoryStore, SessionGoneError } from "session-merge/stores";
import { server } from "./support/servers.js";
import { account, NOTHING_LOST, RULES } from "./support/storm.js";

const redis = server("REDIS");
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A site with a session; `routes` adds to it. Gives a client with a cookie jar of its own. */
async function site(store, routes, options = {}) {
  const app = express();
  const errors = [];
  const { cookie, ...merging } = options;
  const settings = { secret: "s", resave: false, saveUninitialized: false, cookie };
  app.use(session({ ...settings, store: new MergingStore(store, { rules: RULES, ...merging }) }));
  routes(app);
  app.get("/data", (request, response) => {
    const { cookie: _, ...data } = request.session;
    response.json(data);
  });
  app.use((error, _request, response, next) => {
    errors.push(error);
    return response.headersSent ? next(error) : response.sendStatus(409);
  });
  app.set("env", "test");
  const listener = app.listen(0, "127.0.0.1");
  await once(listener, "listening");
  let jar = "";
  async function get(path, cookies = jar) {
    const url = `http://127.0.0.1:${listener.address().port}${path}`;
    const response = await fetch(url, { headers: { cookie: cookies } });
    const set = response.headers.get("set-cookie");
    if (set && cookies === jar) {
      jar = set.split(";")[0];
    }
    return { status: response.status, body: await response.text(), set };
  }
  const json = async (path) => JSON.parse((await get(path)).body);
  const close = () => {
    listener.closeAllConnections();
    return new Promise((resolve) => listener.close(resolve));
  };
  return { get, json, errors, cookies: () => jar, close };
}

function shop(app) {
  app.get("/start", (request, response) => {
    Object.assign(request.session, { count: 0, log: [] });
    response.send();
  });
  app.get("/add", async (request, response) => {
    const { name } = request.query;
    request.session[name] = true;
    request.session.count += 1;
    request.session.log.push(name);
    await pause(5);
    response.send();
  });
}

for (const [name, skip, open] of [
  ["memory", false, async () => [new MemoryStore(), () => {}]],
  [
    "Redis",
    redis.missing,
    async () => {
      const client = new Redis(redis.url, { maxRetriesPerRequest: 0 });
      return [ioredisStore(client, { prefix: "express:" }), () => client.quit()];
    },
  ],
]) {
  test(`parallel requests lose nothing, on ${name}`, { skip }, async (context) => {
    const [store, closeStore] = await open();
    const { get, json, errors, close } = await site(store, shop, { cookie: { maxAge: 60_000 } });
    await get("/start");
    const acknowledged = [];
    await Promise.all(
      Array.from({ length: 8 }, async (_, client) => {
        for (let round = 0; round < 20; round++) {
          const added = `c${client}r${round}`;
          const { status } = await get(`/add?name=${added}`);
          if (status === 200) {
            acknowledged.push(added);
          }
        }
      }),
    );
    const { acknowledged: count, ...lost } = account(await json("/data"), acknowledged);
    await close();
    await closeStore();
    context.diagnostic(`${count} requests`);
    assert.deepEqual(errors, []);
    assert.equal(count, 160);
    assert.deepEqual(lost, NOTHING_LOST);
  });
}

suite("a request", () => {
  test("keeps its dates and drops undefined, as JSON does", async () => {
    const { get, json, close } = await site(new MemoryStore(), (app) => {
      app.get("/set", (request, response) => {
        request.session.date = new Date(0);
        request.session.nothing = undefined;
        response.send();
      });
    });
    await get("/set");
    assert.deepEqual(await json("/data"), { date: "1970-01-01T00:00:00.000Z" });
    await close();
  });

  test("may save several times; a counter is added once", async () => {
    const gate = deferred();
    const { get, json, close } = await site(
      new MemoryStore(),
      (app) => {
        shop(app);
        app.get("/twice", async (request, response) => {
          const { session } = request;
          session.count += 1;
          await gate.promise;
          await new Promise((resolve) => session.save(resolve));
          const seen = session.count;
          session.count += 1;
          session.after = true;
          response.json({ seen, date: session.cookie.expires instanceof Date });
        });
      },
      { cookie: { maxAge: 60_000 } },
    );
    await get("/start");
    const twice = json("/twice");
    await pause(20);
    await get("/add?name=other");
    gate.resolve();
    assert.deepEqual(await twice, { seen: 2, date: true });
    assert.deepEqual(await json("/data"), { count: 3, log: ["other"], other: true, after: true });
    await close();
  });

  test("does not bring back a session that was destroyed", async () => {
    const gate = deferred();
    const late = [];
    const { get, errors, cookies, close } = await site(new MemoryStore(), (app) => {
      shop(app);
      app.get("/logout", (request, response) => {
        request.session.destroy(() => response.send());
      });
      app.get("/late", async (request, response) => {
        request.session.late = true;
        await gate.promise;
        request.session.save((error) => {
          late.push(error);
          response.sendStatus(error ? 409 : 200);
        });
      });
    });
    await get("/start");
    const jar = cookies();
    const answer = get("/late", jar);
    await pause(20);
    await get("/logout", jar);
    gate.resolve();
    assert.equal((await answer).status, 409);
    assert.ok(late[0] instanceof SessionGoneError);
    assert.equal((await get("/data", jar)).body, "{}");
    assert.ok(errors.every((error) => error instanceof SessionGoneError));
    await close();
  });

  test("moves to a new id at login, without what it held", async () => {
    const { get, json, cookies, close } = await site(new MemoryStore(), (app) => {
      shop(app);
      app.get("/login", (request, response) => {
        request.session.regenerate(() => {
          request.session.user = 7;
          response.send();
        });
      });
    });
    await get("/start");
    const before = cookies();
    await get("/login");
    assert.notEqual(cookies(), before);
    assert.deepEqual(await json("/data"), { user: 7 });
    assert.equal((await get("/data", before)).body, "{}");
    await close();
  });

  test("lives as long as its cookie says, the later date of two", async () => {
    const ttls = [];
    const store = new MemoryStore();
    for (const method of ["create", "swap"]) {
      const original = store[method].bind(store);
      store[method] = (...args) => {
        ttls.push(args.at(-1));
        return original(...args);
      };
    }
    const gate = deferred();
    const { get, close } = await site(
      store,
      (app) => {
        shop(app);
        app.get("/remember", (request, response) => {
          request.session.cookie.maxAge = 3_600_000;
          request.session.remember = true;
          response.send();
        });
        app.get("/slow", async (request, response) => {
          request.session.slow = true;
          await gate.promise;
          response.send();
        });
      },
      { cookie: { maxAge: 60_000 } },
    );
    await get("/start");
    const slow = get("/slow");
    await pause(20);
    await get("/remember");
    gate.resolve();
    await slow;
    await get("/data");
    assert.deepEqual(ttls, [60, 3600, 60, 3600, 3600]);
    await close();
  });

  test("without a change only lets the time to live start anew", async () => {
    const store = new MemoryStore();
    const { get, cookies, close } = await site(store, shop, { ttl: 50 });
    await get("/start");
    const sid = decodeURIComponent(cookies()).match(/s:(.*?)\./)[1];
    const { text, version } = await store.load(sid);
    await get("/data");
    const after = await store.load(sid);
    assert.equal(after.text, text);
    assert.notEqual(after.version, version);
    await close();
  });

  test("of an unknown session gets a new one", async () => {
    const { get, close } = await site(new MemoryStore(), shop);
    const stolen = "connect.sid=s%3Aunknown.signature";
    const { set } = await get("/start", stolen);
    assert.match(set, /connect\.sid=s%3A/);
    assert.ok(!set.includes("unknown"));
    await close();
  });
});

/** A promise and what resolves it. */
function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
