/** What the package adds to a page and to a start, beside what others add. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { project, run, tool } from "./project.js";

const packed = (bytes) => gzipSync(bytes, { level: 9 }).length / 1000;
const kilobytes = (size) => `${size.toFixed(1)} KB`;

async function bundled(folder, code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
  });
  return packed(outputFiles[0].contents);
}

/** The largest module in a folder and below: there are several builds of one. */
async function largestModule(folder) {
  const files = await readdir(folder, { recursive: true });
  const modules = files.filter((name) => name.endsWith(".wasm"));
  const sizes = modules.map(async (name) => packed(await readFile(join(folder, name))));
  return Math.max(...(await Promise.all(sizes)));
}

test("sizes in gzip", async (context) => {
  const folder = await project("sizes");
  const core = packed(await readFile(join(folder, "node_modules/session-merge/dist/core.wasm")));
  const entry = await bundled(folder, 'export * from "session-merge"');
  const others = [
    ["automerge, the module alone", await largestModule(tool("@automerge/automerge/dist"))],
    ["loro-crdt, the module alone", await largestModule(tool("loro-crdt"))],
    ["yjs", await bundled(tool("yjs"), 'export * from "yjs"')],
  ];
  const sizes = [["session-merge, the module alone", core], ["session-merge", entry], ...others];
  for (const [name, size] of sizes) {
    context.diagnostic(`${name}: ${kilobytes(size)}`);
  }
  assert.ok(core < 60.5, kilobytes(core));
  assert.ok(entry < 68, kilobytes(entry));
});

const START = `
import { readFileSync } from "node:fs";
import { init, mergeJson, Rules } from "session-merge/slim";

const bytes = readFileSync("node_modules/session-merge/dist/core.wasm");
const times = [performance.now()];
init(bytes);
new Rules({});
times.push(performance.now());
mergeJson("{}", "{}", "{}");
times.push(performance.now());
console.log(JSON.stringify([times[1] - times[0], times[2] - times[1]]));
`;

const INLINED = `
const before = performance.now();
const { mergeJson } = await import("session-merge");
mergeJson("{}", "{}", "{}");
console.log(JSON.stringify([performance.now() - before]));
`;

test("the time to the first merge", async (context) => {
  const folder = await project("start", { "start.js": START, "inlined.js": INLINED });
  /** The fastest of some processes: the others waited for something else. */
  const fastest = async (script) => {
    const times = [];
    for (let round = 0; round < 15; round += 1) {
      times.push(JSON.parse(await run(folder, process.execPath, [script])));
    }
    return times[0].map((_, part) => Math.min(...times.map((parts) => parts[part])));
  };
  const [instantiated, merged] = await fastest("start.js");
  const [inlined] = await fastest("inlined.js");
  context.diagnostic(`compiled and instantiated in ${instantiated.toFixed(2)} ms`);
  context.diagnostic(`the first merge, which compiles what it calls: ${merged.toFixed(2)} ms`);
  context.diagnostic(`imported with the module in it, and merged: ${inlined.toFixed(2)} ms`);
  assert.ok(instantiated < 5, `${instantiated} ms`);
  assert.ok(merged < 4, `${merged} ms`);
  assert.ok(inlined < 30, `${inlined} ms`);
});
