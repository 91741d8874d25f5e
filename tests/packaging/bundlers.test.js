/** Bundles by esbuild and webpack, which carry the module along. */

import { join } from "node:path";
import { test } from "node:test";

import { build } from "esbuild";
import webpack from "webpack";

import { assertPassed, PRINT, project, run } from "./project.js";

test("esbuild", async () => {
  const folder = await project("esbuild", { "print.js": PRINT });
  const outfile = join(folder, "out/bundle.mjs");
  await build({ entryPoints: [join(folder, "print.js")], bundle: true, format: "esm", outfile });
  assertPassed(await run(join(folder, "out"), process.execPath, ["bundle.mjs"]));
});

test("esbuild, for require", async () => {
  const print = `
    const { report } = require("./main.js");
    report().then((it) => console.log(JSON.stringify(it)));
  `;
  const folder = await project("esbuild-require", { "print.cjs": print });
  const outfile = join(folder, "out/bundle.cjs");
  await build({ entryPoints: [join(folder, "print.cjs")], bundle: true, format: "cjs", outfile });
  assertPassed(await run(join(folder, "out"), process.execPath, ["bundle.cjs"]));
});

test("webpack", async () => {
  const folder = await project("webpack", { "print.js": PRINT });
  const compiler = webpack({
    mode: "production",
    target: "webworker",
    context: folder,
    entry: "./print.js",
    output: { path: join(folder, "out"), filename: "bundle.cjs" },
    performance: false,
  });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => (error ? reject(error) : resolve(result)));
  });
  if (stats.hasErrors()) {
    throw new Error(stats.toString("errors-only"));
  }
  assertPassed(await run(join(folder, "out"), process.execPath, ["bundle.cjs"]));
});
