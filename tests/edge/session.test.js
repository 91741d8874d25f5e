/** What openSession promises, whatever the store. */

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { inspect } from "node:util";
import { JSONError, MergeConflict, Rules, RulesError } from "session-merge";
import {
  D1Store,
  isSessionId,
  MemoryStore,
  newSessionId,
  openSession,
  SessionBusyError,
} from "session-merge/stores";
import { storeWith, textIn } from "./support/memory.js";

suite("ids", () => {
  test("are 32 characters of a-z and 0-9, evenly drawn", () => {
    const counts = new Map();
    const ids = Array.from({ length: 2000 }, newSessionId);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) {
      assert.match(id, /^[a-z0-9]{32}$/);
      assert.ok(isSessionId(id));
      for (const character of id) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    assert.equal(counts.size, 36);
    const expected = (2000 * 32) / 36;
    for (const count of counts.values()) {
      assert.ok(Math.abs(count - expected) < expected / 5);
    }
  });

  test("that are malformed or unknown are replaced, and never written", async () => {
    const store = new MemoryStore();
    const id = "a".repeat(32);
    const given = { "": "new", short: "malformed", [`${id}\n`]: "malformed", [id]: "unknown" };
    given["A".repeat(32)] = "malformed";
    for (const [text, issued] of Object.entries(given)) {
      const session = await openSession(store, text);
      assert.equal(session.issued, issued);
      assert.ok(session.isNew && isSessionId(session.id) && session.id !== text);
      session.data.a = 1;
      await session.save();
      assert.equal(await store.load(text), null);
      assert.equal(await textIn(store, session.id), '{"a":1}');
    }
    assert.equal((await openSession(store, undefined)).issued, "new");
    assert.equal((await openSession(store, 5)).issued, "malformed");
  });

  test("that lead to no session are replaced, and what they lead to stays", async () => {
    for (const text of ["", "garbage", "[1]", "null", '"text"', '{"secret":']) {
      const { store, id } = await storeWith(text);
      const session = await openSession(store, id);
      assert.deepEqual([session.issued, session.data], ["unreadable", {}]);
      session.data.a = 1;
      await session.save();
      assert.equal(await textIn(store, id), text);
    }
  });

  test("that are taken are drawn anew", async () => {
    const store = new MemoryStore();
    const session = await openSession(store, null);
    const first = session.id;
    await store.create(first, '{"somebody":"else"}', 60);
    session.data.a = 1;
    await session.save();
    assert.notEqual(session.id, first);
    assert.equal(await textIn(store, first), '{"somebody":"else"}');
    assert.equal(await textIn(store, session.id), '{"a":1}');
  });
});

suite("options", () => {
  test("that are no numbers are refused before anything is stored", async () => {
    const store = new MemoryStore();
    for (const wrong of [Number.NaN, "60", null]) {
      for (const name of ["ttl", "attempts", "ceilingMs"]) {
        await assert.rejects(openSession(store, null, { [name]: wrong }), TypeError);
      }
    }
    for (const ttl of [() => Number.NaN, () => Number.POSITIVE_INFINITY, () => undefined]) {
      const session = await openSession(store, null, { ttl });
      session.data.a = 1;
      await assert.rejects(session.save(), TypeError);
      assert.equal(await store.load(session.id), null);
    }
  });

  test("a table whose name is no name is refused, in the migration too", () => {
    for (const table of ["", "a; DROP TABLE b", "a b"]) {
      assert.throws(() => new D1Store({}, { table }), TypeError);
      assert.throws(() => D1Store.schema(table), TypeError);
    }
    assert.match(D1Store.schema("kept"), /^CREATE TABLE IF NOT EXISTS kept /);
  });
});

suite("saving", () => {
  test("an empty new session, or one that has not changed, writes nothing", async () => {
    const store = new MemoryStore();
    const fresh = await openSession(store, null);
    assert.equal((await fresh.save()).stored, false);
    assert.equal(await store.load(fresh.id), null);
    const { store: other, id } = await storeWith('{"a": 1.0}');
    const { version } = await other.load(id);
    const session = await openSession(other, id);
    assert.equal((await session.save()).stored, false);
    assert.equal((await other.load(id)).version, version);
    assert.equal((await session.touch()).stored, true);
    assert.notEqual((await other.load(id)).version, version);
    assert.equal(await textIn(other, id), '{"a": 1.0}');
  });

  test("what was not touched stays exact", async () => {
    const numbers = '"big":9007199254740993,"list":[1.0,1e400,9007199254740995],"nan":NaN';
    const { store, id } = await storeWith(`{${numbers},"s":"\\u00e9","n":1}`);
    const session = await openSession(store, id);
    session.data.n += 1;
    session.data.list.push(7);
    await session.save();
    const stored = await textIn(store, id);
    assert.match(stored, /"big":9007199254740993,"list":\[1\.0,1e400,9007199254740995,7\]/);
    assert.match(stored, /"nan":NaN,"s":"(\\u00e9|é)","n":2/);
  });

  test("a second save does not add a counter twice", async () => {
    const { store, id } = await storeWith('{"n":1}');
    const rules = { "/n": "counter" };
    const [one, other] = await Promise.all([1, 2].map(() => openSession(store, id, { rules })));
    one.data.n += 1;
    await one.save();
    other.data.n += 10;
    await other.save();
    assert.equal(other.data.n, 12);
    assert.equal((await other.save()).stored, false);
    other.data.n += 1;
    await other.save();
    await one.save();
    one.data.n += 100;
    await one.save();
    assert.equal(await textIn(store, id), '{"n":113}');
  });

  test("what changes while a save is under way is in the next one", async () => {
    const { store, id } = await storeWith('{"n":1,"log":[]}');
    const rules = { "/n": "counter", "/log": "append" };
    const [session, other] = await Promise.all([1, 2].map(() => openSession(store, id, { rules })));
    other.data.n += 10;
    other.data.log.push("other");
    await other.save();
    session.data.n += 1;
    session.data.log.push("first");
    const saving = session.save();
    await Promise.resolve();
    session.data.n += 100;
    session.data.log.push("second");
    await saving;
    assert.deepEqual(JSON.parse(await textIn(store, id)), { n: 12, log: ["other", "first"] });
    await session.save();
    const expected = { n: 112, log: ["other", "first", "second"] };
    assert.deepEqual(JSON.parse(await textIn(store, id)), expected);
    assert.deepEqual(session.data, expected);
  });

  test("saves of one session at once are made in turn", async () => {
    const { store, id } = await storeWith('{"n":0}');
    const session = await openSession(store, id, { rules: { "/n": "counter" } });
    const saves = [];
    for (let round = 0; round < 5; round++) {
      session.data.n += 1;
      saves.push(session.save());
    }
    await Promise.all(saves);
    await session.save();
    assert.equal(await textIn(store, id), '{"n":5}');
  });

  test("a part of the session that the program holds stays a part", async () => {
    const { store, id } = await storeWith('{"cart":{"items":[{"sku":"a"}]}}');
    const [session, other] = await Promise.all([1, 2].map(() => openSession(store, id)));
    const { cart } = session.data;
    const [item] = cart.items;
    other.data.cart.total = 5;
    await other.save();
    cart.coupon = "SPRING";
    await session.save();
    assert.equal(session.data.cart, cart);
    cart.note = "!";
    item.qty = 2;
    await session.save();
    assert.deepEqual(JSON.parse(await textIn(store, id)), {
      cart: { items: [{ sku: "a", qty: 2 }], total: 5, coupon: "SPRING", note: "!" },
    });
  });

  test("dates and undefined are stored as JSON has them, and stay what they are", async () => {
    const { store, id } = await storeWith("{}");
    const [session, other] = await Promise.all([1, 2].map(() => openSession(store, id)));
    const date = new Date(0);
    session.data.date = date;
    session.data.nothing = undefined;
    session.data.list = [undefined, date];
    other.data.b = 1;
    await other.save();
    await session.save();
    const json =
      '{"b":1,"date":"1970-01-01T00:00:00.000Z","list":[null,"1970-01-01T00:00:00.000Z"]}';
    assert.equal(await textIn(store, id), json);
    assert.equal(session.data.date, date);
    assert.equal((await session.save()).stored, false);
  });

  test("a member called __proto__ is a member", async () => {
    const { store, id } = await storeWith('{"__proto__":{"admin":true},"a":1}');
    const [session, other] = await Promise.all([1, 2].map(() => openSession(store, id)));
    other.data.b = 1;
    await other.save();
    session.data.a = 2;
    await session.save();
    assert.equal(session.data.admin, undefined);
    assert.equal(Object.getPrototypeOf(session.data), Object.prototype);
    assert.equal(await textIn(store, id), '{"__proto__":{"admin":true},"a":2,"b":1}');
  });

  test("conflicts are told, and `fail` stores nothing", async () => {
    const rules = { "/strict": "fail" };
    const { store, id } = await storeWith('{"a":1,"strict":1}');
    const open = () => openSession(store, id, { rules });
    const [one, other, third] = await Promise.all([open(), open(), open()]);
    one.data.a = "one";
    one.data.strict = 2;
    await one.save();
    other.data.a = "other";
    const { conflicts } = await other.save();
    assert.deepEqual(
      conflicts.map(({ pointer, winner }) => [pointer, winner]),
      [["/a", "mine"]],
    );
    third.data.strict = 3;
    const before = await textIn(store, id);
    await assert.rejects(third.save(), MergeConflict);
    assert.equal(await textIn(store, id), before);
    third.data.strict = 1;
    third.data.c = 1;
    await third.save();
    assert.deepEqual(JSON.parse(await textIn(store, id)), { a: "other", strict: 2, c: 1 });
  });

  test("a race that is lost for ever ends, and has written nothing", async () => {
    const { store, id } = await storeWith('{"n":1}');
    const session = await openSession(store, id, { attempts: 3 });
    session.data.a = 1;
    const swap = store.swap.bind(store);
    store.swap = async (key, version, text, ttl) => {
      const { text: current, version: known } = await store.load(key);
      await swap(key, known, current, ttl);
      return swap(key, version, text, ttl);
    };
    await assert.rejects(session.save(), (error) => {
      assert.ok(error instanceof SessionBusyError);
      assert.equal(error.attempts, 3);
      return true;
    });
    assert.equal(await textIn(store, id), '{"n":1}');
    store.swap = swap;
    await session.save();
    assert.equal(await textIn(store, id), '{"n":1,"a":1}');
  });

  test("so does a move to a new id, which leaves the session where it is", async () => {
    const { store, id } = await storeWith('{"n":1}');
    const session = await openSession(store, id, { attempts: 3 });
    const ids = [];
    const create = store.create.bind(store);
    store.create = (key, text, ttl) => {
      ids.push(key);
      return create(key, text, ttl);
    };
    const remove = store.remove.bind(store);
    store.remove = async (key, version) => {
      const { text, version: known } = await store.load(key);
      await store.swap(key, known, text, 60);
      return remove(key, version);
    };
    await assert.rejects(session.regenerate(), SessionBusyError);
    assert.equal(session.id, id);
    assert.equal(ids.length, 1);
    assert.equal(await store.load(ids[0]), null);
    assert.equal(await textIn(store, id), '{"n":1}');
  });

  test("what is no object is refused", async () => {
    const { store, id } = await storeWith('{"n":1}');
    const session = await openSession(store, id);
    for (const data of [[], null, undefined, "text", 5, new Date()]) {
      session.data = data;
      await assert.rejects(session.save(), TypeError);
    }
    assert.equal(await textIn(store, id), '{"n":1}');
    session.data = { other: true };
    await session.save();
    assert.equal(await textIn(store, id), '{"other":true}');
  });

  test("what others stored meanwhile that is no JSON is an error, and stays", async () => {
    const { store, id } = await storeWith('{"n":1}');
    const session = await openSession(store, id);
    await store.swap(id, (await store.load(id)).version, "garbage", 60);
    session.data.n = 2;
    await assert.rejects(session.save(), JSONError);
    assert.equal(await textIn(store, id), "garbage");
  });

  test("the time to live may depend on the merged session", async () => {
    const { store, id } = await storeWith('{"remember":false}');
    const ttls = [];
    const swap = store.swap.bind(store);
    store.swap = (key, version, text, ttl) => {
      ttls.push(ttl);
      return swap(key, version, text, ttl);
    };
    const options = { ttl: ({ remember }) => (remember ? 1000 : 10) };
    const [one, other] = await Promise.all([1, 2].map(() => openSession(store, id, options)));
    one.data.remember = true;
    await one.save();
    other.data.a = 1;
    assert.equal(other.ttl, 10);
    await other.save();
    assert.deepEqual(ttls, [1000, 10, 1000]);
  });
});

suite("options", () => {
  test("Workers KV is refused, with the reason", async () => {
    const kv = { get() {}, put() {}, delete() {}, list() {}, getWithMetadata() {} };
    await assert.rejects(openSession(kv, null), /Workers KV cannot compare and swap/);
    await assert.rejects(openSession({ load() {} }, null), /no create\(\)/);
    await assert.rejects(openSession(null, null), TypeError);
  });

  test("rules may be compiled, and bad ones are refused at once", async () => {
    const { store, id } = await storeWith('{"n":1}');
    const rules = new Rules({ "/n": "counter" });
    const [one, other] = await Promise.all([1, 2].map(() => openSession(store, id, { rules })));
    one.data.n += 1;
    other.data.n += 1;
    await one.save();
    await other.save();
    assert.equal(await textIn(store, id), '{"n":3}');
    await assert.rejects(openSession(store, id, { rules: { "/n": "nonsense" } }), RulesError);
  });

  test("nothing that is printed shows what is in a session", async () => {
    const { store, id } = await storeWith('{"token":"swordfish"}');
    const [one, other] = await Promise.all([1, 2].map(() => openSession(store, id)));
    one.data.token = "swordfish-1";
    other.data.token = "swordfish-2";
    await one.save();
    const saved = await other.save();
    assert.equal(saved.conflicts.length, 1);
    await store.delete(id);
    other.data.token = "swordfish-3";
    const error = await other.save().catch((error) => error);
    const printed = [saved, error].map((it) => `${inspect(it)} ${JSON.stringify(it)} ${it.stack}`);
    assert.doesNotMatch(printed.join(), /swordfish/);
    assert.ok(!printed.join().includes(id));
  });
});
