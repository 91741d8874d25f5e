/** Cloudflare Workers: what wrangler would upload, run by workerd through miniflare. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { run, tool } from "./project.js";
import { NEW_NODE } from "./tools.js";

const WRANGLER = `
name = "packaging"
main = "worker.js"
compatibility_date = "2026-04-01"
`;

/** Sends one request to the worker and prints the answer. */
const MINIFLARE = `
import { readdirSync } from "node:fs";
import { Miniflare } from ${JSON.stringify(tool("miniflare/dist/src/index.js"))};

const wasm = readdirSync("uploaded").filter((name) => name.endsWith(".wasm"));
const worker = new Miniflare({
  host: "127.0.0.1",
  compatibilityDate: "2026-04-01",
  modulesRoot: "uploaded",
  modules: [
    { type: "ESModule", path: "uploaded/worker.js" },
    ...wasm.map((name) => ({ type: "CompiledWasm", path: "uploaded/" + name })),
  ],
});
try {
  const [body] = process.argv.slice(2);
  const request = body ? { method: "POST", body } : {};
  const response = await worker.dispatchFetch("http://localhost/", request);
  process.stdout.write(await response.text());
} finally {
  await worker.dispose();
}
`;

/** What the project's worker.js answers, deployed dry. */
export async function answerOfWorker(folder, body = "") {
  await writeFile(join(folder, "wrangler.toml"), WRANGLER);
  await writeFile(join(folder, "serve.mjs"), MINIFLARE);
  const deploy = ["deploy", "--dry-run", "--outdir", "uploaded"];
  await run(folder, NEW_NODE, [tool("wrangler/bin/wrangler.js"), ...deploy], {
    CI: "1",
    WRANGLER_SEND_METRICS: "false",
    // Where wrangler finds the Node for what it starts itself.
    PATH: `${NEW_NODE.replace(/\/node$/, "")}:${process.env.PATH}`,
  });
  return run(folder, NEW_NODE, ["serve.mjs", body]);
}
