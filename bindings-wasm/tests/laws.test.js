/** The laws of a merge, on documents and rules made up by fast-check. */

import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { JSONText, merge, mergeJson, Rules } from "session-merge";

const NAMES = ["a", "b", "c", "d/e", "é~"];
const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(null, true, false, "", "x", "ü", "\ud800"),
);
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("document"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("document"), { maxKeys: 4 }),
  ),
}));
const session = fc.dictionary(fc.constantFrom(...NAMES), document, { maxKeys: 5 });
const mode = fc.constantFrom("deep", "atomic", "counter", "set", "ordered", "append", "text");
const rules = fc.dictionary(fc.constantFrom("/a", "/b", "/*", "/**", "/c/*"), mode, { maxKeys: 3 });

const text = (value) => JSON.stringify(value);
/** The value as JSON carries it: -0 is 0 there. */
const carried = (value) => JSON.parse(JSON.stringify(value));
const holds = (law, ...inputs) => fc.assert(fc.property(...inputs, law), { numRuns: 300 });

test("what one side alone changed is the result, verbatim", () => {
  holds(
    (base, mine, rules) => {
      assert.equal(mergeJson(text(base), text(base), text(mine), rules).text, text(mine));
      assert.equal(mergeJson(text(base), text(mine), text(base), rules).text, text(mine));
      assert.equal(mergeJson(text(base), text(mine), text(base), rules).changed, false);
    },
    session,
    session,
    rules,
  );
});

test("strings, bytes and values give one result", () => {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  holds(
    (base, theirs, mine, rules) => {
      const texts = [base, theirs, mine].map(text);
      const strings = mergeJson(...texts, rules);
      const bytes = mergeJson(...texts.map((it) => encoder.encode(it)), new Rules(rules));
      assert.equal(decoder.decode(bytes.value), strings.value);
      assert.equal(decoder.decode(bytes.patchText), strings.patchText);
      const values = merge(base, theirs, mine, rules);
      assert.equal(values.text, strings.text);
      assert.deepEqual(values.patch, strings.patch);
      assert.deepEqual(values.value, JSON.parse(strings.text));
      assert.equal(values.changed, strings.changed);
    },
    session,
    session,
    session,
    rules,
  );
});

test("inputs are not changed, and the result shares nothing with them", () => {
  holds(
    (base, theirs, mine) => {
      const before = text([base, theirs, mine]);
      const merged = merge(base, theirs, mine);
      for (const name of Object.keys(merged.value)) {
        merged.value[name]?.push?.("changed");
      }
      assert.equal(text([base, theirs, mine]), before);
    },
    session,
    session,
    session,
  );
});

test("the patch turns theirs into the result", () => {
  holds(
    (base, theirs, mine, rules) => {
      const merged = merge(base, theirs, mine, rules);
      assert.deepEqual(patched(carried(theirs), merged.patch), merged.value);
    },
    session,
    session,
    session,
    rules,
  );
});

test("a value that was read from a text and not changed is no change", () => {
  const spelled = fc.constantFrom("1.0", "9007199254740993", "1e2", "-0.0", "1e400", "0.10", "7");
  const texts = fc.array(spelled, { maxLength: 5 }).map((it) => `{"n":[${it}],"m":{"o":[${it}]}}`);
  holds(
    (base, theirs) => {
      const value = new JSONText(base).parse();
      const merged = merge(new JSONText(base), new JSONText(theirs), value, { "/m": "atomic" });
      assert.equal(merged.text, theirs);
      assert.equal(merged.changed, false);
    },
    texts,
    texts,
  );
});

/** Applies a patch of adds, removes and replaces at members (RFC 6902). */
function patched(root, patch) {
  const holder = { root };
  for (const { op, path, value } of patch) {
    const names = path
      .split("/")
      .slice(1)
      .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
    let place = holder;
    for (const name of ["root", ...names].slice(0, -1)) {
      place = place[name];
    }
    const last = ["root", ...names].at(-1);
    if (op === "remove") {
      delete place[last];
    } else {
      place[last] = value;
    }
  }
  return holder.root;
}
