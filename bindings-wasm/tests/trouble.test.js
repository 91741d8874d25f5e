/** Malformed, hostile and huge input, and what is left of the instance after it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import {
  DepthError,
  JSONError,
  MergeError,
  merge,
  mergeJson,
  Rules,
  RulesError,
} from "session-merge";

const works = () =>
  assert.equal(mergeJson('{"a":1}', '{"a":2}', '{"a":1,"b":1}').text, '{"a":2,"b":1}');

test("malformed texts are ordinary errors, and the instance goes on", () => {
  const texts = ["", "{", "[1,", '{"a":}', "nul", '"\\x"', "1 2", "\u0000", '{"a":1}}', "\ufeff{}"];
  for (const text of texts) {
    for (const bytes of [text, new TextEncoder().encode(text)]) {
      const good = typeof bytes === "string" ? "{}" : new TextEncoder().encode("{}");
      for (const at of [0, 1, 2]) {
        const inputs = [good, good, good].with(at, bytes);
        assert.throws(
          () => mergeJson(...inputs),
          (error) => error instanceof JSONError && error.input === ["base", "theirs", "mine"][at],
        );
        works();
      }
    }
  }
});

test("bytes that are no UTF-8, and lone surrogates, are refused where they stand", () => {
  assert.throws(
    () => mergeJson("{}", '{"a":"é\ud800"}', "{}"),
    (error) => error instanceof JSONError && error.line === 1 && error.column === 8,
  );
  const bytes = new Uint8Array([0x22, 0xff, 0x22]);
  const good = new TextEncoder().encode("1");
  assert.throws(() => mergeJson(good, good, bytes), JSONError);
});

test("bytes of another realm are bytes, and its objects are rules", () => {
  const bytes = runInNewContext("new Uint8Array([123, 125])");
  assert.deepEqual(Array.from(mergeJson(bytes, bytes, bytes).value), [123, 125]);
  const rules = runInNewContext('({ "/n": "counter" })');
  assert.equal(merge({ n: 1 }, { n: 2 }, { n: 2 }, rules).text, '{"n":3}');
});

test("rules whose members nobody could see are refused", () => {
  class Counting {
    get "/n"() {
      return "counter";
    }
  }
  for (const none of [
    new Map([["/n", "counter"]]),
    new Counting(),
    Object.create({ "/n": "set" }),
  ]) {
    assert.throws(
      () => new Rules(none),
      (error) => error instanceof RulesError && error.pattern === "",
    );
    assert.throws(
      () => new Rules({ "/n": none }),
      (error) => error instanceof RulesError && error.pattern === "/n",
    );
  }
});

test("no depth is too much to be refused", () => {
  for (const [open, close] of [
    ["[", "]"],
    ['{"a":', "}"],
  ]) {
    const deep = `${open.repeat(200_000)}1${close.repeat(200_000)}`;
    assert.throws(() => mergeJson("{}", deep, "{}"), DepthError);
    assert.throws(() => mergeJson("{}", "{}", deep.slice(0, 500_000)), MergeError);
    works();
  }
  let value = 1;
  for (let depth = 0; depth < 200_000; depth += 1) {
    value = { a: value };
  }
  assert.throws(
    () => merge({}, {}, value),
    (error) => error instanceof DepthError && error.pointer === "/a".repeat(128),
  );
  works();
});

test("the depth that is allowed is merged", () => {
  const nested = (leaf) => `${'{"a":'.repeat(1023)}{${leaf}}${"}".repeat(1023)}`;
  const sides = ['"b":1', '"b":1,"t":1', '"b":1,"m":1'].map(nested);
  assert.equal(mergeJson(...sides, { max_depth: 1024 }).text, nested('"b":1,"t":1,"m":1'));
  assert.throws(() => mergeJson(...sides, { max_depth: 1023 }), DepthError);
});

test("a value that holds itself is too deep", () => {
  const session = { cart: { item_1: {} } };
  session.cart.item_1.again = session.cart;
  assert.throws(
    () => merge({}, {}, session),
    (error) => {
      assert.ok(error instanceof DepthError);
      assert.equal(error.input, "mine");
      assert.ok(error.pointer.startsWith("/cart/item_1/again/item_1"));
      assert.ok(!error.message.includes("item_1"));
      return true;
    },
  );
});

test("what JSON cannot say is a TypeError", () => {
  assert.throws(() => merge({}, {}, undefined), TypeError);
  assert.throws(() => merge(() => {}, {}, {}), TypeError);
  assert.throws(() => mergeJson("{}", new Uint8Array(), "{}"), TypeError);
  assert.throws(() => mergeJson({}, {}, {}), TypeError);
});

test("rule sets that are none are refused", () => {
  const holding = {};
  holding["/a"] = { root: holding };
  for (const rules of [null, [], "counter", 7, { "/a": () => 1 }, { "/a": 1n }, holding]) {
    assert.throws(() => new Rules(rules), RulesError);
  }
  assert.throws(() => new Rules({ conflict: { resolver: 0 } }), RulesError);
  works();
});

test("an instance that traps is replaced, and compiled rules go on", () => {
  const rules = new Rules({ "/n": "counter" });
  const count = () =>
    assert.equal(mergeJson('{"n":1}', '{"n":2}', '{"n":2}', rules).text, '{"n":3}');
  count();
  // More than a module of 32 bits can address, in pages that nobody touches.
  const huge = new Uint8Array(2 ** 31);
  assert.throws(
    () => mergeJson(huge, huge, huge),
    (error) => error instanceof MergeError && error.cause instanceof Error,
  );
  count();
});

test("a hundred thousand merges take no more memory than a thousand", () => {
  const rules = new Rules({ "/n": "counter", "/note": { conflict: (_, theirs) => theirs } });
  const encoder = new TextEncoder();
  const texts = ['{"n":1,"note":"a"}', '{"n":2,"note":"b","x":[1]}', '{"n":3,"note":"c"}'];
  const bytes = texts.map((text) => encoder.encode(text));
  const broken = encoder.encode('{"n":');
  const round = (index) => {
    assert.equal(mergeJson(...bytes, rules).value.length, 26);
    if (index % 10 === 0) {
      assert.equal(
        mergeJson(...texts, { "/n": "counter", "/x": { limit: index + 1, merge: "append" } })
          .changed,
        true,
      );
      assert.throws(() => mergeJson(bytes[0], broken, bytes[2], rules), JSONError);
    }
  };
  const external = () => process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 1_000; index += 1) {
    round(index);
  }
  globalThis.gc?.();
  const before = external();
  for (let index = 0; index < 100_000; index += 1) {
    round(index);
  }
  globalThis.gc?.();
  // Garbage that is still to be collected, but no memory of the module.
  assert.ok(external() - before < 8 * 1024 * 1024, `${external() - before} bytes more`);
});

test("strings that were chosen for what a module alone could know of itself cost no more", () => {
  // In the first of its words, such a string has what the digest of one of its length starts from.
  const start = 0x243f6a8885a308d3n + 309n * 0x9e3779b97f4a7c15n;
  const words = new DataView(new ArrayBuffer(309));
  words.setBigUint64(0, BigInt.asUintN(64, start), true);
  const chosen = (number) => {
    words.setUint32(8, number, true);
    return new TextDecoder("utf-8", { fatal: true }).decode(words.buffer);
  };
  const list = Array.from({ length: 2000 }, (_, index) =>
    chosen((index & 0x3f) | ((index >> 6) << 8)),
  );
  const [base, theirs, mine] = [list, [...list, "t"], ["m", ...list]].map((l) => JSON.stringify(l));
  const before = performance.now();
  assert.equal(JSON.parse(mergeJson(base, theirs, mine, { "": "set" }).value).length, 2002);
  assert.ok(performance.now() - before < 5000);
});
