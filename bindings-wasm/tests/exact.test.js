/** Numbers that JavaScript cannot hold, in values that were read from a text. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { JSONError, JSONText, merge } from "session-merge";

/** What is stored after a worker changed a session while theirs was stored. */
function stored(base, theirs, change, rules) {
  const text = new JSONText(base);
  const session = text.parse();
  change(session);
  return merge(text, new JSONText(theirs ?? base), session, rules).text;
}

test("numbers that were not touched come out as they were spelled", () => {
  const base = '{"id":9007199254740993,"rate":1.0,"tiny":1e-400,"sum":0.10,"n":1,"zero":-0.0}';
  const change = (session) => {
    session.n += 1;
  };
  assert.equal(stored(base, undefined, change), base.replace('"n":1', '"n":2'));
  const theirs = base.replace("9007199254740993", "9007199254740995");
  assert.equal(stored(base, theirs, change), theirs.replace('"n":1', '"n":2'));
});

test("theirs being base's text is no reason to take mine as it is", () => {
  const base = '{"id":12345678901234567891234567890}';
  assert.equal(
    stored(base, base, () => {}),
    base,
  );
});

test("elements keep their numbers where others come and go", () => {
  const base = '{"items":[{"id":9007199254740993,"p":0.10},{"id":9007199254740995,"p":0.10}]}';
  assert.equal(
    stored(base, undefined, ({ items }) => {
      items.shift();
      items[0].qty = 3;
      items.push({ id: 1, p: 1 });
    }),
    '{"items":[{"id":9007199254740995,"p":0.10,"qty":3},{"id":1,"p":1}]}',
  );
  assert.equal(
    stored('{"ids":[9007199254740993,1.0,2.0,3.0]}', undefined, ({ ids }) => {
      ids.splice(1, 1);
    }),
    '{"ids":[9007199254740993,2.0,3.0]}',
  );
});

test("a large number that is copied elsewhere stays what it is", () => {
  const base = '{"items":[{"id":9007199254740993}]}';
  const change = (session) => {
    session.last = session.items[0].id;
  };
  assert.equal(
    stored(base, undefined, change),
    '{"items":[{"id":9007199254740993}],"last":9007199254740993}',
  );
});

test("a number that was set is what was set", () => {
  const change = (session) => {
    session.a = 2;
    session.b = 1;
  };
  assert.equal(stored('{"a":1.0}', undefined, change), '{"a":2,"b":1}');
});

test("Python's NaN and infinities are read and kept", () => {
  const base = '{"a":NaN,"b":[Infinity,-Infinity],"n":1}';
  const change = (session) => {
    assert.ok(Number.isNaN(session.a));
    session.n = 2;
  };
  assert.equal(stored(base, undefined, change), base.replace('"n":1', '"n":2'));
});

test("what JSON.stringify makes of a value is what is merged", () => {
  const base = new JSONText('{"big":9007199254740993,"at":"x"}');
  const session = {
    big: 9007199254740992,
    at: new Date(0),
    gone: undefined,
    call() {},
    list: [undefined, new Number(1), new String("s")],
    __proto__: { inherited: 1 },
  };
  assert.equal(
    merge(base, base, session).text,
    '{"big":9007199254740993,"at":"1970-01-01T00:00:00.000Z","list":[null,1,"s"]}',
  );
});

test("a member called __proto__ is a member", () => {
  const base = '{"__proto__":{"n":9007199254740993},"a":1.0}';
  const change = (session) => {
    session.b = 1;
  };
  assert.equal(stored(base, undefined, change), base.replace("1.0}", '1.0,"b":1}'));
});

test("bytes are text as well; what is no JSON is refused without being quoted", () => {
  assert.deepEqual(new JSONText(new TextEncoder().encode('{"é":1}')).parse(), { é: 1 });
  assert.throws(
    () => new JSONText('{"token":"s3cret",}').parse(),
    (error) => error instanceof JSONError && error.column === 19 && !/s3cret/.test(error.message),
  );
  assert.throws(() => new JSONText(7), TypeError);
});

test("what is written beside a text is written as JSON.stringify does", () => {
  const base = '{"id":9007199254740993,"l":[1],"rates":[1.0,2]}';
  assert.equal(
    stored(base, undefined, (session) => {
      session.l.length = 3;
      session.rates.length = 4;
    }),
    '{"id":9007199254740993,"l":[1,null,null],"rates":[1.0,2,null,null]}',
  );
  for (const large of [1n, Object(1n)]) {
    const text = new JSONText(base);
    assert.throws(() => merge(text, text, { large: [large] }), TypeError);
  }
});
