/** Cloudflare Workers: what wrangler would upload, run by workerd through miniflare. */

import { test } from "node:test";

import { assertPassed, project, run, skipFor, tool } from "./project.js";
import { NEW_NODE } from "./tools.js";

const WORKER = `
import { report } from "./main.js";

export default {
  async fetch() {
    return Response.json(await report());
  },
};
`;

const WRANGLER = `
name = "packaging"
main = "worker.js"
compatibility_date = "2026-04-01"
`;

const MINIFLARE = `
import { readdirSync } from "node:fs";
import { Miniflare } from ${JSON.stringify(tool("miniflare/dist/src/index.js"))};

const wasm = readdirSync("uploaded").filter((name) => name.endsWith(".wasm"));
const worker = new Miniflare({
  host: "127.0.0.1",
  workers: [
    {
      name: "packaging",
      compatibilityDate: "2026-04-01",
      modulesRoot: "uploaded",
      modules: [
        { type: "ESModule", path: "uploaded/worker.js" },
        ...wasm.map((name) => ({ type: "CompiledWasm", path: "uploaded/" + name })),
      ],
    },
  ],
});
try {
  const response = await worker.dispatchFetch("http://localhost/");
  console.log(await response.text());
} finally {
  await worker.dispose();
}
`;

test("Workers", skipFor(!NEW_NODE && "wrangler needs Node 22"), async () => {
  const folder = await project("workers", {
    "worker.js": WORKER,
    "wrangler.toml": WRANGLER,
    "serve.mjs": MINIFLARE,
  });
  const deploy = ["deploy", "--dry-run", "--outdir", "uploaded"];
  await run(folder, NEW_NODE, [tool("wrangler/bin/wrangler.js"), ...deploy], {
    CI: "1",
    WRANGLER_SEND_METRICS: "false",
    // Where wrangler finds the Node for what it starts itself.
    PATH: `${NEW_NODE.replace(/\/node$/, "")}:${process.env.PATH}`,
  });
  assertPassed(await run(folder, NEW_NODE, ["serve.mjs"]));
});
