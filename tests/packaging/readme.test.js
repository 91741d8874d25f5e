/** The README's examples do what it says, each in its runtime. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";

import { chromium } from "playwright-core";
import { createServer } from "vite";

import { answerOfEdge } from "./edge.js";
import { project, run, skipFor } from "./project.js";
import { BUN, CHROMIUM, DENO, NEW_NODE } from "./tools.js";
import { answerOfWorker } from "./workerd.js";

const README = readFileSync(new URL("../../bindings-wasm/README.md", import.meta.url), "utf8");
const BLOCKS = /```js (\S+)\n(.*?)```(?:\n\n```text\n(.*?)```)?/gs;
const examples = [...README.matchAll(BLOCKS)].map(([, name, code, shown]) => [name, code, shown]);
const DOCUMENTS = JSON.stringify({ base: { a: 1 }, theirs: { a: 2 }, mine: { a: 1, b: 1 } });
const MERGED = '{"a":2,"b":1}';

let folder;

before(async () => {
  const files = Object.fromEntries(examples.map(([name, code]) => [name, code]));
  const page = '<!doctype html><body><script type="module" src="/browser.js"></script>';
  folder = await project("readme", { ...files, "index.html": page });
});

for (const [name, , shown] of examples.filter(([, , shown]) => shown)) {
  test(name, async () => {
    assert.equal(await run(folder, process.execPath, [name]), shown);
  });
}

test("in Deno", skipFor(!DENO && "no Deno for this machine"), async () => {
  const options = ["run", "--node-modules-dir=manual", "--no-remote", "--quiet"];
  assert.equal(await run(folder, DENO, [...options, "deno-bun.js"]), `${MERGED}\n`);
});

test("in Bun", skipFor(!BUN && "no Bun for this machine"), async () => {
  assert.equal(await run(folder, BUN, ["deno-bun.js"]), `${MERGED}\n`);
});

test("in a Worker", skipFor(!NEW_NODE && "wrangler needs Node 22"), async () => {
  assert.equal(await answerOfWorker(folder, DOCUMENTS), MERGED);
});

test("in Vercel's edge runtime", async () => {
  assert.equal(await answerOfEdge(folder, { body: DOCUMENTS }), MERGED);
});

test("in a browser", skipFor(!CHROMIUM && "no Chromium: apt-get install chromium"), async () => {
  const server = await createServer({
    configFile: false,
    logLevel: "error",
    root: folder,
    cacheDir: join(folder, ".vite"),
    server: { host: "127.0.0.1", port: 0 },
  });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    await server.listen();
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls.local[0]);
    await page.waitForFunction((text) => document.body.textContent === text, MERGED);
  } finally {
    await browser.close();
    await server.close();
  }
});
