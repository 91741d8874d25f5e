/** What is told of a merge: everything to code that asks, and no value to a log. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";

import * as sessionMerge from "session-merge";
import {
  DepthError,
  JSONError,
  MergeConflict,
  MergeError,
  merge,
  mergeJson,
  Rules,
} from "session-merge";

const SECRET = "s3cret";
const documents = [
  { k3y: { note: "a" } },
  { k3y: { note: SECRET } },
  { k3y: { note: `${SECRET}2` } },
];

const printed = (value) =>
  [String(value), inspect(value, { depth: 9 }), JSON.stringify(value)].join();

test("a conflict has everything, and prints nothing that could be a secret", () => {
  const merged = merge(...documents);
  const [conflict] = merged.conflicts;
  const { pointer, kind, winner, base, theirs, mine } = conflict;
  assert.deepEqual(
    { pointer, kind, winner, base, theirs, mine },
    {
      pointer: "/k3y/note",
      kind: "edit-edit",
      winner: "mine",
      base: "a",
      theirs: SECRET,
      mine: `${SECRET}2`,
    },
  );
  assert.equal(String(conflict), 'Conflict(edit-edit at "/…/note", winner: mine)');
  for (const shown of [printed(conflict), printed(merged), printed(merged.conflicts)]) {
    assert.ok(!shown.includes(SECRET) && !shown.includes("k3y"), shown);
  }
});

test("a missing side is undefined, null is null", () => {
  const [conflict] = merge({ a: null }, {}, { a: 1 }).conflicts;
  assert.equal(conflict.kind, "delete-edit");
  assert.deepEqual([conflict.base, conflict.theirs, conflict.mine], [null, undefined, 1]);
});

test("errors are told apart, have their fields and print no values", () => {
  const cases = [
    [() => merge(...documents, { conflict: "fail" }), MergeConflict, "MergeConflict"],
    [() => mergeJson("{}", `{"${SECRET}": }`, "{}"), JSONError, "JSONError"],
    [() => merge({}, {}, { [SECRET]: [[1]] }, { max_depth: 2 }), DepthError, "DepthError"],
    [
      () => mergeJson("{}", "{}", `{"${SECRET}":[[1]]}`, { max_depth: 2 }),
      DepthError,
      "DepthError",
    ],
  ];
  for (const [work, kind, name] of cases) {
    assert.throws(work, (error) => {
      assert.ok(error instanceof kind && error instanceof MergeError && error instanceof Error);
      assert.equal(error.name, name);
      assert.ok(
        !printed(error)
          .replaceAll(import.meta.url, "")
          .includes(SECRET),
        printed(error),
      );
      return true;
    });
  }
  assert.throws(cases[0][0], (error) => error.conflicts[0].theirs === SECRET);
  assert.throws(cases[2][0], (error) => error.pointer === `/${SECRET}/0` && error.input === "mine");
});

test("a function decides, and what it passes on keeps its spelling", () => {
  const texts = ['{"n":1}', '{"n":2.50}', '{"n":3}'];
  const seen = [];
  const theirs = new Rules({
    "/n": {
      conflict: (...values) => {
        seen.push(values);
        return values[1];
      },
    },
  });
  const merged = mergeJson(...texts, theirs);
  assert.deepEqual(seen, [[1, 2.5, 3]]);
  assert.equal(merged.value, '{"n":2.50}');
  assert.equal(merged.conflicts[0].winner, "custom");
  assert.equal(mergeJson(...texts, { conflict: () => ({ a: [1] }) }).value, '{"n":{"a":[1]}}');
  assert.equal(
    merge({}, { n: 1 }, { n: 2 }, { conflict: (base) => String(base) }).value.n,
    "undefined",
  );
});

test("a function may merge as well", () => {
  const rules = new Rules({
    "/n": {
      conflict: (b, t, m) => merge({ c: b }, { c: t }, { c: m }, { "/c": "counter" }).value.c,
    },
  });
  assert.equal(mergeJson('{"n":1}', '{"n":2}', '{"n":5}', rules).value, '{"n":6}');
});

test("what a function throws reaches the caller as it is", () => {
  const error = new RangeError("mine");
  const failing = {
    conflict: () => {
      throw error;
    },
  };
  assert.throws(
    () => merge({ a: 1 }, { a: 2 }, { a: 3 }, failing),
    (thrown) => thrown === error,
  );
  for (const conflict of [async () => 1, () => undefined, () => Symbol("s"), () => 1n]) {
    assert.throws(() => merge({ a: 1 }, { a: 2 }, { a: 3 }, { conflict }), TypeError);
  }
});

test("more rule sets than are kept are compiled again", () => {
  const sets = Array.from({ length: 200 }, (_, index) => new Rules({ [`/n${index}`]: "counter" }));
  for (const round of [1, 2]) {
    sets.forEach((rules, index) => {
      const texts = [1, 2, 2].map((n) => `{"n${index}":${n}}`);
      assert.equal(mergeJson(...texts, rules).value, `{"n${index}":3}`, `round ${round}`);
    });
  }
});

test("the patch is computed when asked for, and once", () => {
  const merged = mergeJson('{"a":1}', '{"a":1,"b":9007199254740993}', '{"a":2}');
  assert.equal(merged.patchText, '[{"op":"replace","path":"/a","value":2}]');
  assert.equal(merged.patch, merged.patch);
});

test("everything that is exported is known", () => {
  assert.deepEqual(Object.keys(sessionMerge).sort(), [
    "Conflict",
    "DepthError",
    "JSONError",
    "JSONText",
    "Merge",
    "MergeConflict",
    "MergeError",
    "Rules",
    "RulesError",
    "merge",
    "mergeJson",
  ]);
});
