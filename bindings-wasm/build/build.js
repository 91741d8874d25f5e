/**
 * Builds the package into dist/: the WebAssembly module, its glue, and the entries around them.
 *
 *     npm run build
 */

import { cp, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { bundle } from "./bundle.js";
import { compileModule } from "./module.js";
import { DIST, PACKAGE, ROOT } from "./paths.js";

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
const glue = await compileModule(join(DIST, "core.wasm"));
await bundle(glue);

// TypeScript takes declarations for what a `require` gets from a file of the same kind.
for (const name of await readdir(PACKAGE)) {
  if (name.endsWith(".d.ts") && !name.startsWith("core.")) {
    await cp(join(PACKAGE, name), join(DIST, name.replace(".d.ts", ".d.cts")));
  }
}

await cp(join(ROOT, "docs", "rules.schema.json"), join(DIST, "rules.schema.json"));

for (const name of (await readdir(DIST)).sort()) {
  const path = join(DIST, name);
  const { size } = await stat(path);
  const packed = gzipSync(await readFile(path), { level: 9 }).length;
  console.log(`${name.padEnd(24)} ${String(size).padStart(8)} bytes, ${packed} in gzip`);
}
