/** Node by import and by require, Deno and Bun. */

import { test } from "node:test";

import { assertPassed, PRINT, project, run, skipFor } from "./project.js";
import { BUN, DENO } from "./tools.js";

const REQUIRE = `
const sessionMerge = require("session-merge");
const django = require("session-merge/django");
for (const part of ["slim", "stores"]) {
  require("session-merge/" + part);
}
Promise.all([import("./check.js"), import("./vectors.js")]).then(async ([{ check }, vectors]) => {
  console.log(JSON.stringify(await check(sessionMerge, django, vectors.default)));
});
`;

const SLIM = `
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as sessionMerge from "session-merge/slim";
import * as django from "session-merge/django";
import { check } from "./check.js";
import vectors from "./vectors.js";

const module = readFileSync(fileURLToPath(import.meta.resolve("session-merge/core.wasm")));
sessionMerge.init(process.argv[2] === "bytes" ? module : new WebAssembly.Module(module));
console.log(JSON.stringify(await check(sessionMerge, django, vectors)));
`;

test("Node, by import", async () => {
  const folder = await project("node-import", { "print.js": PRINT });
  assertPassed(await run(folder, process.execPath, ["print.js"]));
});

test("Node, by require", async () => {
  const folder = await project("node-require", { "print.cjs": REQUIRE });
  assertPassed(await run(folder, process.execPath, ["print.cjs"]));
});

test("Node, with a module of one's own", async () => {
  const folder = await project("node-slim", { "print.js": SLIM });
  assertPassed(await run(folder, process.execPath, ["print.js", "bytes"]));
  assertPassed(await run(folder, process.execPath, ["print.js", "compiled"]));
});

test("Deno", skipFor(!DENO && "no Deno for this machine"), async () => {
  const folder = await project("deno", { "print.js": PRINT });
  const options = ["run", "--node-modules-dir=manual", "--no-remote", "--quiet"];
  assertPassed(await run(folder, DENO, [...options, "print.js"]));
});

test("Bun", skipFor(!BUN && "no Bun for this machine"), async () => {
  const folder = await project("bun", { "print.js": PRINT });
  assertPassed(await run(folder, BUN, ["print.js"]));
});
