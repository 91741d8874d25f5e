/** Deno KV, in Deno: the contract, a storm, and the limit of its values. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { CASES } from "./support/contract.js";
import { NOTHING_LOST } from "./support/storm.js";

test("Deno KV", (context) => {
  const flags = [
    "--no-prompt",
    "--unstable-kv",
    "--node-modules-dir=manual",
    "--allow-read",
    "--allow-env",
  ];
  const { status, stdout, stderr } = spawnSync(
    "node_modules/.bin/deno",
    ["run", ...flags, "workers/deno-kv.js"],
    { encoding: "utf8", cwd: import.meta.dirname, timeout: 120_000 },
  );
  assert.equal(status, 0, stderr);
  const { held, limits, attempts, refused, acknowledged, ...lost } = JSON.parse(stdout);
  context.diagnostic(`${acknowledged} saves, ${attempts} swaps`);
  assert.equal(held, CASES);
  assert.deepEqual(limits, { ascii: "SessionTooLargeError", wide: "SessionTooLargeError" });
  assert.deepEqual(refused, []);
  assert.equal(acknowledged, 80);
  assert.deepEqual(lost, NOTHING_LOST);
});
