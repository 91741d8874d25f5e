/** Vercel's edge runtime, the module bound to a global as a deployment binds it. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { EdgeRuntime } from "edge-runtime";
import { build } from "esbuild";

const boundModule = {
  name: "bound-module",
  setup(esbuild) {
    esbuild.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "bound" }));
    esbuild.onLoad({ filter: /./, namespace: "bound" }, () => ({
      contents: "export default wasm_core",
    }));
  },
};

/** What the handler answers that is the default export of the project's edge.js. */
export async function answerOfEdge(folder, { body = "", globals = {} } = {}) {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import handler from "./edge.js";
        addEventListener("fetch", (event) => event.respondWith(handler(event.request)));
      `,
      resolveDir: folder,
    },
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
    extend: (context) => Object.assign(context, { wasm_core: module }, globals),
  });
  const request = body ? { method: "POST", body } : {};
  const response = await runtime.dispatchFetch("http://localhost/", request);
  return response.text();
}
