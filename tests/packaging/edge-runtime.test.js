/** Vercel's edge runtime, the module bound to a global as the deployment binds it. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { EdgeRuntime } from "edge-runtime";
import { build } from "esbuild";

import { assertPassed, project } from "./project.js";

const EDGE = `
import { report } from "./main.js";

addEventListener("fetch", (event) => {
  const answer = report().catch((error) => ({ failed: [String(error.stack)] }));
  event.respondWith(answer.then((report) => new Response(JSON.stringify(report))));
});
`;

const boundModule = {
  name: "bound-module",
  setup(esbuild) {
    esbuild.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "bound" }));
    esbuild.onLoad({ filter: /./, namespace: "bound" }, () => ({
      contents: "export default wasm_core",
    }));
  },
};

test("Vercel's edge runtime", async () => {
  const folder = await project("edge-runtime", { "edge.js": EDGE });
  const { outputFiles } = await build({
    entryPoints: [join(folder, "edge.js")],
    bundle: true,
    format: "iife",
    conditions: ["edge-light"],
    plugins: [boundModule],
    write: false,
  });
  const wasm = await readFile(join(folder, "node_modules/session-merge/dist/core.wasm"));
  const module = await WebAssembly.compile(wasm);
  const runtime = new EdgeRuntime({
    initialCode: outputFiles[0].text,
    // Django's compressed sessions need the streams, which this runtime does not have by itself.
    extend: (context) =>
      Object.assign(context, { wasm_core: module, CompressionStream, DecompressionStream }),
  });
  const response = await runtime.dispatchFetch("http://localhost/");
  assertPassed(await response.text());
});
