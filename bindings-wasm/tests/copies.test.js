/** Two copies of the package in one program: one imported, one required. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import * as imported from "session-merge";

const require = createRequire(import.meta.url);
const required = require("session-merge");

const mixed = [
  [imported, required],
  [required, imported],
];

test("one copy's rules and texts are another's", () => {
  for (const [{ merge }, { JSONText, Rules }] of mixed) {
    const [base, theirs] = ['{"n":1}', '{"n":2,"id":9007199254740993}'].map(
      (text) => new JSONText(text),
    );
    const merged = merge(base, theirs, { n: 2 }, new Rules({ "/n": "counter" }));
    assert.equal(merged.text, '{"n":3,"id":9007199254740993}');
  }
  const rules = new required.Rules({ "/n": { conflict: (_, theirs, mine) => theirs * mine } });
  assert.equal(imported.merge({ n: 1 }, { n: 5 }, { n: 7 }, rules).text, '{"n":35}');
});

test("an extending class has its own objects alone", () => {
  class MyRules extends imported.Rules {}
  assert.ok(new MyRules({}) instanceof MyRules);
  assert.ok(new MyRules({}) instanceof required.Rules);
  assert.ok(!(new imported.Rules({}) instanceof MyRules));
  for (const other of [undefined, null, {}, "text", new required.JSONText("1")]) {
    assert.ok(!(other instanceof imported.Rules));
  }
});
