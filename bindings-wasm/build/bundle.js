/** From js/ to the entries that package.json names. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { textOf } from "../js/bytes-as-text.js";
import { DIST, JS } from "./paths.js";

/** Where the module comes from is the entry's affair. */
const ENTRIES = ["index", "slim", "workerd", "edge-light"];
/** What is built on the package, and imports it by its name as anybody would. */
const PARTS = ["django", "stores", "express", "hono"];
/** What has a CommonJS twin. */
const TWINS = ["index", "slim", ...PARTS];

/** @param {string} name */
function source(name) {
  const file = name === "index" ? "inline.js" : `${name}.js`;
  return ENTRIES.includes(name) ? join(JS, "entries", file) : join(JS, file);
}

/**
 * The glue as a function that makes it: an instance that replaces a broken one needs its own, for
 * it holds views of the instance's memory. What the module imports by the name `resolve` is given.
 *
 * @param {string} glue
 */
async function factory(glue) {
  const { outputFiles } = await build({
    stdin: { contents: glue },
    bundle: true,
    format: "cjs",
    write: false,
  });
  const code = `const module = {}; ${outputFiles[0].text}; return module.exports;`;
  return `export function glue(resolve) { ${code} }`;
}

/** @param {string} glue */
function generated(glue) {
  return {
    name: "generated",
    /** @param {import("esbuild").PluginBuild} esbuild */
    setup(esbuild) {
      esbuild.onResolve({ filter: /^#/ }, ({ path }) => ({ path, namespace: "generated" }));
      esbuild.onLoad({ filter: /^#glue$/, namespace: "generated" }, async () => ({
        contents: await factory(glue),
      }));
      esbuild.onLoad({ filter: /^#core-text$/, namespace: "generated" }, async () => {
        const { frequent, text } = textOf(await readFile(join(DIST, "core.wasm")));
        const contents = `export const frequent = [${frequent}], text = ${JSON.stringify(text)}`;
        return { contents };
      });
    },
  };
}

/** @param {string} glue */
export async function bundle(glue) {
  /** @param {string[]} names */
  const entryPoints = (names) =>
    Object.fromEntries(
      names.filter((name) => existsSync(source(name))).map((name) => [name, source(name)]),
    );
  /** @satisfies {import("esbuild").BuildOptions} */
  const common = {
    bundle: true,
    minifyWhitespace: true,
    minifySyntax: true,
    target: "es2022",
    outdir: DIST,
    legalComments: "none",
    external: ["./core.wasm*", "session-merge", "express-session", "hono", "node:*"],
    plugins: [generated(glue)],
  };
  await build({
    ...common,
    format: "esm",
    splitting: true,
    chunkNames: "[name]-[hash]",
    entryPoints: entryPoints([...ENTRIES, ...PARTS]),
  });
  await build({
    ...common,
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    entryPoints: entryPoints(TWINS),
  });
}
