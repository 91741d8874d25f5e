/** Chromium, with what Vite builds and with Vite's development server. */

import { join } from "node:path";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";
import { build, createServer, preview } from "vite";

import { assertPassed, project, skipFor } from "./project.js";
import { CHROMIUM } from "./tools.js";

const FILES = {
  "index.html": '<!doctype html><title>…</title><script type="module" src="/page.js"></script>',
  "page.js": `
    import { report } from "./main.js";
    report().then((report) => { globalThis.report = report; });
  `,
};
const OPTIONS = { configFile: false, logLevel: "error" };
const LOCAL = { host: "127.0.0.1", port: 0 };
const requirement = skipFor(!CHROMIUM && "no Chromium: apt-get install chromium");

let browser;
let folder;

before(async () => {
  if (CHROMIUM) {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    folder = await project("vite", FILES);
  }
});

after(() => browser?.close());

async function reportOf(url) {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(url);
  const handle = await page.waitForFunction(() => globalThis.report, undefined, {
    timeout: 60_000,
  });
  const report = await handle.jsonValue();
  await page.close();
  if (errors.length > 0) {
    throw errors[0];
  }
  return report;
}

test("Chromium, as Vite builds it", requirement, async () => {
  await build({ ...OPTIONS, root: folder });
  const server = await preview({ ...OPTIONS, root: folder, preview: LOCAL });
  try {
    assertPassed(await reportOf(server.resolvedUrls.local[0]));
  } finally {
    await server.close();
  }
});

test("Chromium, from Vite's development server", requirement, async () => {
  const cacheDir = join(folder, ".vite");
  const server = await createServer({ ...OPTIONS, root: folder, cacheDir, server: LOCAL });
  try {
    await server.listen();
    assertPassed(await reportOf(server.resolvedUrls.local[0]));
  } finally {
    await server.close();
  }
});
