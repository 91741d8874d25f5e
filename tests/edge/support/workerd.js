import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const WORKERS = fileURLToPath(new URL("../workers/", import.meta.url));

/** A worker in workerd, bundled as wrangler does it; its entry is a file of `workers/`. */
export async function startWorker(entry, options = {}) {
  const wasm = [];
  const { outputFiles } = await build({
    entryPoints: [resolve(WORKERS, entry)],
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    write: false,
    outdir: "/",
    plugins: [wasmModules(wasm)],
  });
  const main = { type: "ESModule", path: "worker.js", contents: outputFiles[0].text };
  return new Miniflare({
    modules: [main, ...wasm],
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    ...options,
  });
}

/** workerd compiles modules when it loads them, so that they stay files beside the script. */
function wasmModules(modules) {
  return {
    name: "wasm-modules",
    setup(esbuild) {
      esbuild.onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir }) => {
        const file = fileURLToPath(new URL(path, `file://${resolveDir}/`));
        modules.push({ type: "CompiledWasm", path: "core.wasm", contents: await readFile(file) });
        return { path: "./core.wasm", external: true };
      });
    },
  };
}
