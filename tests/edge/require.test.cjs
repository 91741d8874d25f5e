/** The CommonJS twins: one class of each error, whichever entry it comes from. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { decodeSession, encodeSession, SessionDecodeError } = require("session-merge/django");
const { MergingStore } = require("session-merge/express");
const { mergingSession } = require("session-merge/hono");
const {
  MemoryStore,
  newSessionId,
  openSession,
  SessionGoneError,
} = require("session-merge/stores");

const secret = "secret";

test("a session makes its way through CommonJS", async () => {
  const stored = await encodeSession({ a: "é".repeat(500) }, { secret });
  assert.deepEqual((await decodeSession(stored, { secret })).data, { a: "é".repeat(500) });
  await assert.rejects(decodeSession("a:b:c", { secret }), SessionDecodeError);
  const store = new MemoryStore();
  const session = await openSession(store, null);
  session.data.a = 1;
  await session.save();
  assert.deepEqual((await openSession(store, session.id)).data, { a: 1 });
});

test("errors are of the class that session-merge/stores exports", async () => {
  const store = new MemoryStore();
  const express = new MergingStore(store);
  const sid = newSessionId();
  await store.create(sid, '{"cookie":{"originalMaxAge":null,"expires":null}}', 60);
  const data = await new Promise((resolve) => express.get(sid, (_, value) => resolve(value)));
  const session = express.createSession({ sessionID: sid }, data);
  await store.delete(sid);
  session.late = true;
  const error = await new Promise((resolve) => express.set(sid, session, resolve));
  assert.ok(error instanceof SessionGoneError);
  assert.equal(typeof mergingSession(store), "function");
});

test("an unreadable session is told apart across entries", async () => {
  const unreadable = new MemoryStore();
  unreadable.load = async () => decodeSession("a:b:c", { secret });
  assert.equal((await openSession(unreadable, newSessionId())).issued, "unreadable");
});
