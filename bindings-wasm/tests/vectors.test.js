/** The shared vectors, as strings, as bytes and as values. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  DepthError,
  JSONError,
  JSONText,
  MergeConflict,
  merge,
  mergeJson,
  Rules,
  RulesError,
} from "session-merge";

import { cases, parsed, records, texts, values } from "./vectors.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const KINDS = {
  strings: { give: (text) => text, take: (text) => text, isKind: (it) => typeof it === "string" },
  bytes: {
    give: (text) => encoder.encode(text),
    take: (bytes) => decoder.decode(bytes),
    isKind: (it) => it instanceof Uint8Array,
  },
};

/** Documents that a plain value can carry. */
const carried = (vector) => vector.only !== "text";

for (const [kind, { give, take, isKind }] of Object.entries(KINDS)) {
  const mergeText = (vector) =>
    mergeJson(...texts(vector).map(give), new Rules(vector.rules ?? {}));

  describe(`${kind}`, () => {
    for (const vector of cases("value")) {
      test(vector.name, () => {
        const merged = mergeText(vector);
        assert.ok(isKind(merged.value) && isKind(merged.patchText));
        assert.equal(merged.text, merged.value);
        assert.equal(take(merged.value), vector.text ? vector.value : JSON.stringify(vector.value));
        assert.equal(merged.changed, vector.changed);
        const found = records(merged.conflicts, take);
        assert.deepEqual(vector.text ? found : parsed(found), vector.conflicts);
        if (vector.text) {
          assert.equal(take(merged.patchText), vector.patch);
        } else {
          assert.deepEqual(merged.patch, vector.patch);
        }
      });
    }

    for (const vector of cases("fails")) {
      test(vector.name, () => {
        assert.throws(
          () => mergeText(vector),
          (error) => {
            assert.ok(error instanceof MergeConflict);
            const found = records(error.conflicts, take);
            assert.deepEqual(vector.text ? found : parsed(found), vector.conflicts);
            return true;
          },
        );
      });
    }

    for (const vector of cases("json_error")) {
      test(vector.name, () => {
        assert.throws(
          () => mergeText(vector),
          (error) => {
            assert.ok(error instanceof JSONError);
            const { input, line, column } = error;
            assert.deepEqual({ input, line, column }, vector.json_error);
            return true;
          },
        );
      });
    }

    for (const vector of cases("depth_error")) {
      test(vector.name, () => {
        assert.throws(
          () => mergeText(vector),
          (error) => {
            assert.ok(error instanceof DepthError);
            assert.equal(error.pointer, vector.depth_error.pointer);
            return true;
          },
        );
      });
    }
  });
}

describe("values", () => {
  for (const vector of cases("value").filter(carried)) {
    test(vector.name, () => {
      const inputs = values(vector);
      // What JavaScript does not tell apart, an integral float and an integer, merges alike.
      const isRounded = texts(vector).some((text, at) => text !== JSON.stringify(inputs[at]));
      const merged = merge(...inputs, vector.rules);
      assert.deepEqual(inputs, values(vector));
      if (isRounded) {
        return;
      }
      const read = vector.text ? JSON.parse : (value) => value;
      assert.equal(JSON.stringify(merged.value), JSON.stringify(read(vector.value)));
      assert.equal(merged.changed, vector.changed);
      const conflicts = vector.text ? parsed(vector.conflicts) : vector.conflicts;
      assert.deepEqual(records(merged.conflicts), conflicts);
      assert.deepEqual(merged.patch, read(vector.patch));
    });
  }

  for (const vector of cases("value").filter(carried)) {
    const [base, theirs, mine] = texts(vector);
    // Spelled otherwise than JavaScript does, mine is no change that a value could show.
    if (mine === JSON.stringify(JSON.parse(mine))) {
      test(`${vector.name}, from texts`, () => {
        const value = JSON.parse(mine);
        const merged = merge(new JSONText(base), new JSONText(theirs), value, vector.rules);
        const text = vector.text ? vector.value : JSON.stringify(vector.value);
        assert.equal(JSON.stringify(merged.value), JSON.stringify(JSON.parse(text)));
      });
    }
  }

  for (const vector of cases("fails").filter(carried)) {
    test(vector.name, () => {
      assert.throws(() => merge(...values(vector), vector.rules), MergeConflict);
    });
  }

  for (const vector of cases("depth_error").filter(carried)) {
    test(vector.name, () => {
      assert.throws(
        () => merge(...values(vector), vector.rules),
        (error) => {
          assert.ok(error instanceof DepthError);
          assert.equal(error.pointer, vector.depth_error.pointer);
          return true;
        },
      );
    });
  }
});

describe("rule sets", () => {
  for (const vector of cases("rules_error")) {
    test(vector.name, () => {
      const refuses = (work) =>
        assert.throws(work, (error) => {
          assert.ok(error instanceof RulesError);
          assert.equal(error.pattern, vector.rules_error.pattern);
          return true;
        });
      refuses(() => new Rules(vector.rules));
      refuses(() => merge(1, 1, 1, vector.rules));
      refuses(() => mergeJson("1", "1", "1", vector.rules));
    });
  }
});
