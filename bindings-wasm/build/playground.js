/**
 * Builds the playground into a folder that any file server can serve.
 *
 *     node build/playground.js FOLDER
 */

import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { PACKAGE } from "./paths.js";

const SOURCE = join(PACKAGE, "playground");
const [folder] = process.argv.slice(2);

await mkdir(folder, { recursive: true });
await build({
  entryPoints: [join(SOURCE, "playground.js")],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  outdir: folder,
  legalComments: "none",
});
for (const name of ["index.html", "colours.css", "style.css"]) {
  await copyFile(join(SOURCE, name), join(folder, name));
}
