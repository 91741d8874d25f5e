/** Django's own rows: what Django keeps in them is merged as Django means it. */

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import pg from "pg";
import { decodeSession, encodeSession, SessionDecodeError } from "session-merge/django";
import {
  DjangoSessionStore,
  newSessionId,
  openSession,
  SessionGoneError,
  SessionTooLargeError,
} from "session-merge/stores";
import { createDjangoTable } from "./support/django-table.js";
import { server } from "./support/servers.js";

const postgresql = server("POSTGRESQL");
const secret = "rows".repeat(12);
const table = "django_rows";

suite("django_session", { skip: postgresql.missing }, () => {
  let pool;
  const query = (sql, parameters) => pool.query(sql, parameters);
  const storeOf = (options = {}) => new DjangoSessionStore(query, { secret, table, ...options });

  before(async () => {
    pool = new pg.Pool({ connectionString: postgresql.url });
    await createDjangoTable((sql) => pool.query(sql), table);
  });
  after(() => pool?.end());

  async function insert(data, { lasts = "1 day", ...options } = {}) {
    const id = newSessionId();
    const stored = await encodeSession(data, { secret, ...options });
    const sql = `INSERT INTO ${table} VALUES ($1, $2, now() + $3::interval)`;
    await query(sql, [id, stored, lasts]);
    return id;
  }

  async function row(id) {
    const sql = `SELECT session_data, extract(epoch FROM expire_date - now()) AS seconds
      FROM ${table} WHERE session_key = $1`;
    const { rows } = await query(sql, [id]);
    return rows[0];
  }

  const dataIn = async (id) => (await decodeSession((await row(id)).session_data, { secret })).data;

  const pair = (id) => Promise.all([1, 2].map(() => openSession(storeOf(), id)));

  test("that has expired is not read, and not written", async () => {
    const id = await insert({ a: 1 }, { lasts: "-1 second" });
    const before = await row(id);
    const session = await openSession(storeOf(), id);
    assert.equal(session.issued, "unknown");
    session.data.b = 1;
    await session.save();
    assert.equal((await row(id)).session_data, before.session_data);
  });

  test("expires when Django would let it", async () => {
    for (const [data, seconds] of [
      [{}, 1_209_600],
      [{ _session_expiry: 300 }, 300],
      [{ _session_expiry: 0 }, 1_209_600],
      [{ _session_expiry: new Date(Date.now() + 900_000).toISOString() }, 900],
    ]) {
      const id = await insert(data);
      const session = await openSession(storeOf(), id);
      session.data.a = 1;
      await session.save();
      assert.ok(Math.abs((await row(id)).seconds - seconds) < 10);
    }
    const id = await insert({});
    await (await openSession(storeOf({ cookieAge: 60 }), id)).touch();
    assert.ok(Math.abs((await row(id)).seconds - 60) < 10);
  });

  test("keeps the expiry that another request has set", async () => {
    const id = await insert({ a: 1 });
    const [one, other] = await pair(id);
    one.data._session_expiry = 300;
    await one.save();
    other.data.b = 2;
    await other.save();
    assert.ok((await row(id)).seconds < 301);
    assert.deepEqual(await dataIn(id), { a: 1, _session_expiry: 300, b: 2 });
  });

  test("loses no message, and shows none twice", async () => {
    const message = (text) => ["__json_message", 0, 20, text, ""];
    const first = JSON.stringify([message("one")]);
    const id = await insert({ _messages: first });
    const [adds, shows] = await pair(id);
    adds.data._messages = JSON.stringify([message("one"), message("two")]);
    await adds.save();
    delete shows.data._messages;
    await shows.save();
    assert.deepEqual(JSON.parse((await dataIn(id))._messages), [message("two")]);
  });

  test("is never half logged in, nor merged into that of another user", async () => {
    const login = (user) => ({ _auth_user_id: user, _auth_user_hash: `h${user}` });
    const id = await insert(login("1"));
    const [refreshes, late] = await pair(id);
    refreshes.data._auth_user_hash = "fresh";
    await refreshes.save();
    late.data._auth_user_hash = "stale";
    late.data.a = 1;
    const { conflicts } = await late.save();
    assert.deepEqual(
      conflicts.map(({ kind }) => kind),
      ["group"],
    );
    const [other, mine] = await pair(id);
    Object.assign(other.data, login("2"));
    await other.save();
    const before = await row(id);
    mine.data.secret = "of user 1";
    await assert.rejects(mine.save(), SessionGoneError);
    assert.equal((await row(id)).session_data, before.session_data);
  });

  test("that cannot be read is left alone", async () => {
    const id = await insert({ a: 1 }, { secret: "another" });
    const before = await row(id);
    const session = await openSession(storeOf(), id);
    assert.deepEqual([session.issued, session.data], ["unreadable", {}]);
    session.data.b = 1;
    await session.save();
    assert.equal((await row(id)).session_data, before.session_data);
  });

  test("that is too large is refused, and stays as it is", async () => {
    const id = await insert({ a: "x".repeat(2000) });
    const before = await row(id);
    const tight = storeOf({ maxBytes: 1500 });
    await assert.rejects(openSession(tight, id), (error) => {
      assert.ok(error instanceof SessionDecodeError);
      assert.equal(error.reason, "too-large");
      return true;
    });
    const small = await insert({});
    const session = await openSession(tight, small);
    session.data.b = "y".repeat(2000);
    await assert.rejects(session.save(), SessionTooLargeError);
    assert.deepEqual(await dataIn(small), {});
    assert.equal((await row(id)).session_data, before.session_data);
  });

  test("that cannot be read any more at its save is left alone, and that is told", async () => {
    const id = await insert({ a: 1 });
    const session = await openSession(storeOf(), id);
    const foreign = await encodeSession({ token: "swordfish" }, { secret: "another" });
    await query(`UPDATE ${table} SET session_data = $2 WHERE session_key = $1`, [id, foreign]);
    session.data.b = 1;
    await assert.rejects(session.save(), (error) => {
      assert.ok(error instanceof SessionDecodeError);
      assert.equal(error.reason, "signature");
      assert.doesNotMatch(error.stack, /swordfish/);
      return true;
    });
    await assert.rejects(session.regenerate(), SessionDecodeError);
    assert.equal((await row(id)).session_data, foreign);
  });

  test("that a fallback secret signed is signed anew", async () => {
    const id = await insert({ a: 1 }, { secret: "older" });
    const session = await openSession(storeOf({ fallbacks: ["older"] }), id);
    assert.deepEqual(session.data, { a: 1 });
    await session.touch();
    assert.deepEqual(await dataIn(id), { a: 1 });
  });

  test("keeps every digit and escape that nobody touched", async () => {
    const text = '{"big":9007199254740993,"f":1.0,"n":NaN,"s":"\\u00e9"}';
    const id = await insert(text);
    const [one, other] = await pair(id);
    one.data.a = "é";
    await one.save();
    other.data.b = 1;
    await other.save();
    const stored = (await decodeSession((await row(id)).session_data, { secret })).text;
    assert.equal(stored, `${text.slice(0, -1)},"a":"\\u00e9","b":1}`);
  });

  test("a login that is sent twice succeeds, a copy after a logout does not", async () => {
    const id = await insert({ cart: 1 });
    for (const login of await pair(id)) {
      login.data._auth_user_id = "7";
      await login.regenerate();
      assert.deepEqual(await dataIn(login.id), { cart: 1, _auth_user_id: "7" });
      const [late, logout] = await pair(login.id);
      await logout.destroy();
      await assert.rejects(late.regenerate(), SessionGoneError);
    }
    assert.equal((await query(`SELECT 1 FROM ${table} WHERE session_key = $1`, [id])).rowCount, 0);
  });

  test("a table whose name is no name is refused", () => {
    assert.throws(() => storeOf({ table: "x; DROP TABLE y" }), TypeError);
  });
});
