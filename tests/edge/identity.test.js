/** Whose session it is: logins, logouts, and what is never merged. */

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MemoryStore, openSession, SessionGoneError } from "session-merge/stores";
import { storeWith, textIn } from "./support/memory.js";

suite("identity", () => {
  const options = { identity: "/user/id" };

  for (const [from, to] of [
    [1, 2],
    [1, undefined],
    [undefined, 1],
  ]) {
    test(`nothing is merged from ${from} into ${to}`, async () => {
      const { store, id } = await storeWith(JSON.stringify({ user: { id: from }, a: 1 }));
      const [late, login] = await Promise.all([1, 2].map(() => openSession(store, id, options)));
      login.data.user.id = to;
      await login.save();
      const before = await textIn(store, id);
      late.data.a = 2;
      await assert.rejects(late.save(), SessionGoneError);
      await assert.rejects(late.regenerate(), SessionGoneError);
      assert.equal(await textIn(store, id), before);
    });
  }

  test("a login that is sent twice logs in twice", async () => {
    const { store, id } = await storeWith('{"cart":1}');
    const logins = await Promise.all([1, 2].map(() => openSession(store, id, options)));
    for (const login of logins) {
      login.data.user = { id: 7 };
      await login.regenerate();
      assert.equal(await textIn(store, login.id), '{"cart":1,"user":{"id":7}}');
    }
    assert.notEqual(logins[0].id, logins[1].id);
    assert.equal(await store.load(id), null);
  });

  test("after a logout nothing is copied to a new id", async () => {
    const { store, id } = await storeWith('{"user":{"id":7}}');
    const [late, logout] = await Promise.all([1, 2].map(() => openSession(store, id, options)));
    await logout.destroy();
    late.data.a = 1;
    await assert.rejects(late.regenerate(), SessionGoneError);
    assert.equal(late.id, id);
  });

  test("and a session that was destroyed can be used for the next visitor", async () => {
    const { store, id } = await storeWith('{"user":{"id":7}}');
    const session = await openSession(store, id, options);
    await session.destroy();
    assert.deepEqual(session.data, {});
    assert.ok(session.isNew && session.id !== id);
    session.data.message = "bye";
    await session.save();
    assert.equal(await textIn(store, session.id), '{"message":"bye"}');
    assert.equal(await store.load(id), null);
  });

  test("an empty new session moves without being stored", async () => {
    const store = new MemoryStore();
    const session = await openSession(store, null);
    const { id } = session;
    assert.equal((await session.regenerate()).stored, false);
    assert.notEqual(session.id, id);
    assert.equal(await store.load(session.id), null);
  });
});
