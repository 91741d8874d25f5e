/** The JSON Schema of rule sets is the published one. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

test("the package brings the schema along", () => {
  const published = readFileSync(new URL("../../docs/rules.schema.json", import.meta.url), "utf8");
  const shipped = createRequire(import.meta.url)("session-merge/rules.schema.json");
  assert.deepEqual(shipped, JSON.parse(published));
});
