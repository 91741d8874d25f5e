/** What every store must do, in whatever runtime it lives: each case throws if it does not. */

import { MergeConflict } from "session-merge";
import { newSessionId, openSession, SessionGoneError } from "session-merge/stores";
import { equal, rejects } from "./expect.js";

const HOUR = 3600;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const cases = {
  async "an unknown session is not there"(store) {
    const id = newSessionId();
    equal(await store.load(id), null);
    equal(await store.swap(id, await anyVersion(store), '{"a":1}', HOUR), { status: "gone" });
    equal(await store.load(id), null);
  },

  async "a session is created once"(store) {
    const id = newSessionId();
    const version = await store.create(id, '{"a":1}', HOUR);
    equal(await store.create(id, '{"a":2}', HOUR), null);
    const loaded = await store.load(id);
    equal([loaded.text, loaded.version], ['{"a":1}', version]);
  },

  async "a swap holds once"(store) {
    const id = newSessionId();
    const first = await store.create(id, '{"a":1}', HOUR);
    const { status, version } = await store.swap(id, first, '{"a":2}', HOUR);
    equal(status, "stored");
    const late = await store.swap(id, first, '{"a":3}', HOUR);
    equal(late, { status: "changed", text: '{"a":2}', version });
    equal((await store.load(id)).text, '{"a":2}');
  },

  async "of many swaps at once one holds"(store) {
    const id = newSessionId();
    const version = await store.create(id, "{}", HOUR);
    const texts = Array.from({ length: 8 }, (_, index) => `{"a":${index}}`);
    const outcomes = await Promise.all(texts.map((text) => store.swap(id, version, text, HOUR)));
    const won = outcomes.flatMap(({ status }, index) => (status === "stored" ? [index] : []));
    equal(won.length, 1);
    equal((await store.load(id)).text, texts[won[0]]);
  },

  async "a removal wants the version, a deletion does not"(store) {
    const id = newSessionId();
    const first = await store.create(id, '{"a":1}', HOUR);
    const { version } = await store.swap(id, first, '{"a":2}', HOUR);
    equal(await store.remove(id, first), { status: "changed", text: '{"a":2}', version });
    equal((await store.remove(id, version)).status, "stored");
    equal(await store.load(id), null);
    equal(await store.remove(id, version), { status: "gone" });
    equal(await store.swap(id, version, '{"a":3}', HOUR), { status: "gone" });
    await store.create(id, '{"a":4}', HOUR);
    await store.delete(id);
    await store.delete(id);
    equal(await store.load(id), null);
  },

  async "what has expired is not there"(store) {
    const id = newSessionId();
    const version = await store.create(id, '{"a":1}', 0.2);
    await pause(400);
    equal(await store.load(id), null);
    equal(await store.swap(id, version, '{"a":2}', HOUR), { status: "gone" });
    equal(await store.load(id), null);
  },

  async "any text comes back as it was"(store) {
    const id = newSessionId();
    const text = JSON.stringify({ "é\u{1f600}\u2028\0\ud800": "\\u00e9 \"'", n: "x".repeat(9000) });
    await store.create(id, text, HOUR);
    equal(JSON.parse((await store.load(id)).text), JSON.parse(text));
  },

  async "sessions merge"(store) {
    const rules = { "/count": "counter", "/log": "append" };
    const id = await stored(store, { count: 1, log: [], gone: true });
    const [one, other] = await Promise.all([1, 2].map(() => openSession(store, id, { rules })));
    one.data.count += 1;
    one.data.log.push("one");
    other.data.count += 5;
    other.data.log.push("other");
    delete other.data.gone;
    await one.save();
    await other.save();
    const expected = { count: 7, log: ["one", "other"] };
    equal(other.data, expected);
    equal((await openSession(store, id)).data, expected);
  },

  async "conflicts are told, with their values to code and without them in logs"(store) {
    const id = await stored(store, { token: "old" });
    const [one, other] = await Promise.all([1, 2].map(() => openSession(store, id)));
    one.data.token = "theirs";
    other.data.token = "mine";
    await one.save();
    const { conflicts } = await other.save();
    const [{ pointer, kind, winner, base, theirs, mine }] = conflicts;
    equal([conflicts.length, pointer, kind, winner], [1, "/token", "edit-edit", "mine"]);
    equal([base, theirs, mine], ['"old"', '"theirs"', '"mine"']);
    equal(JSON.stringify(conflicts).includes("old"), false);
  },

  async "rules that refuse or compute a conflict hold in every store"(store) {
    const rules = {
      "/strict": "fail",
      "/sum": { conflict: (_base, theirs, mine) => theirs + mine },
    };
    const id = await stored(store, { strict: 1, sum: 1 });
    const open = () => openSession(store, id, { rules });
    const [one, other, third] = await Promise.all([open(), open(), open()]);
    one.data = { strict: 2, sum: 10 };
    other.data.sum = 100;
    third.data.strict = 3;
    await one.save();
    await other.save();
    await rejects(() => third.save(), MergeConflict);
    const plain = await openSession(store, id, { rules: { "/strict": "fail" } });
    const late = await openSession(store, id, { rules: { "/strict": "fail" } });
    plain.data.strict = 4;
    late.data.strict = 5;
    await plain.save();
    await rejects(() => late.save(), MergeConflict);
    equal((await openSession(store, id)).data, { strict: 4, sum: 110 });
  },

  async "a session that was destroyed stays so"(store) {
    const id = await stored(store, { a: 1, _auth_user_id: "7" });
    const [late, destroyer] = await Promise.all([1, 2].map(() => openSession(store, id)));
    await destroyer.destroy();
    late.data.a = 2;
    await rejects(() => late.save(), SessionGoneError);
    await rejects(() => late.touch(), SessionGoneError);
    await rejects(() => late.regenerate(), SessionGoneError);
    equal(await store.load(id), null);
    const next = await openSession(store, id);
    equal([next.issued, next.id === id], ["unknown", false]);
  },

  async "a session moves to a new id with what others stored"(store) {
    const id = await stored(store, { a: 1 });
    const [mover, other] = await Promise.all([1, 2].map(() => openSession(store, id)));
    other.data.b = 2;
    await other.save();
    mover.data.c = 3;
    await mover.regenerate();
    equal(mover.id === id, false);
    equal(mover.data, { a: 1, b: 2, c: 3 });
    equal(await store.load(id), null);
    equal((await openSession(store, mover.id)).data, { a: 1, b: 2, c: 3 });
    other.data.b = 4;
    await rejects(() => other.save(), SessionGoneError);
  },

  async "many changes and one move at once lose nothing"(store) {
    const id = await stored(store, {});
    const sessions = await Promise.all(Array.from({ length: 6 }, () => openSession(store, id)));
    const [mover, ...others] = sessions;
    const acknowledged = await Promise.all([
      mover.regenerate().then(() => null),
      ...others.map(async (session, index) => {
        session.data[`k${index}`] = true;
        try {
          await session.save();
          return `k${index}`;
        } catch (error) {
          equal(error.name, "SessionGoneError");
          return null;
        }
      }),
    ]);
    const { data } = await openSession(store, mover.id);
    equal(Object.keys(data).sort(), acknowledged.filter(Boolean).sort());
  },
};

async function stored(store, data) {
  const session = await openSession(store, null);
  session.data = data;
  if (Object.keys(data).length > 0) {
    await session.save();
    return session.id;
  }
  await store.create(session.id, "{}", HOUR);
  return session.id;
}

/** A version that the store once gave out. */
async function anyVersion(store) {
  return store.create(newSessionId(), '{"a":1}', HOUR);
}

/** How many cases there are. */
export const CASES = Object.keys(cases).length;

/** Runs all cases; gives the names of those that held, and throws with what did not. */
export async function contract(store) {
  const failures = [];
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run(store);
    } catch (error) {
      failures.push(`${name}: ${error.stack}`);
    }
  }
  if (failures.length > 0) {
    throw new Error(failures.join("\n"));
  }
  return Object.keys(cases);
}
