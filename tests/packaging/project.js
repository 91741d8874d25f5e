/** Throw-away projects that the packed package is installed into. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TARGET = fileURLToPath(new URL("../../target/packaging/", import.meta.url));
const VECTORS = fileURLToPath(new URL("../vectors/", import.meta.url));
const PACKAGE = process.env.SESSION_MERGE_PACKAGE;

const runFile = promisify(execFile);

/** Where a tool of this folder's package.json is. */
export const tool = (path) => join(HERE, "node_modules", path);

/** Runs a command and gives what it printed. */
export async function run(folder, command, parameters, env = {}) {
  const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
  const { stdout } = await runFile(command, parameters, options);
  return stdout;
}

async function vectors() {
  const files = (await readdir(VECTORS)).filter((name) => name.endsWith(".json")).sort();
  const cases = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(VECTORS, file), "utf8")).cases),
  );
  return cases.flat();
}

/** A project with these files, check.js and the vectors, and the package installed in it. */
export async function project(name, files = {}) {
  assert.ok(PACKAGE, "SESSION_MERGE_PACKAGE names the packed package: see `make test-npm`");
  await mkdir(TARGET, { recursive: true });
  const folder = await mkdtemp(join(TARGET, `${name}-`));
  const contents = {
    "package.json": JSON.stringify({ name, private: true, type: "module" }),
    "vectors.js": `export default JSON.parse(${JSON.stringify(JSON.stringify(await vectors()))});`,
    "main.js": MAIN,
    ...files,
  };
  await cp(join(HERE, "check.js"), join(folder, "check.js"));
  for (const [path, text] of Object.entries(contents)) {
    await writeFile(join(folder, path), text);
  }
  await run(folder, "npm", ["install", "--silent", "--no-fund", "--no-audit", PACKAGE]);
  return folder;
}

/** Gives the report as a module. */
const MAIN = `
import * as sessionMerge from "session-merge";
import * as django from "session-merge/django";
import { check } from "./check.js";
import vectors from "./vectors.js";

export const report = () => check(sessionMerge, django, vectors);
`;

/** Prints the report. */
export const PRINT = `
import { report } from "./main.js";
console.log(JSON.stringify(await report()));
`;

/** Every vector passed, and the session came through. */
export function assertPassed(report) {
  const { vectors, failed, roundTrip } = typeof report === "string" ? JSON.parse(report) : report;
  assert.deepEqual(failed, []);
  assert.ok(vectors > 500, `${vectors} vectors`);
  assert.ok(roundTrip);
}

/** What is missing is a reason to skip; where all is required, a failure. */
export function skipFor(reason) {
  if (reason && process.env.REQUIRE_ALL === "1") {
    throw new Error(`${reason}, and REQUIRE_ALL is set`);
  }
  return reason ? { skip: reason } : {};
}
