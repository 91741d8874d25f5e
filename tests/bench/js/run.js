/**
 * Measures merges of JSON texts in Node, Deno and Bun, one process each, and prints their ratios.
 *
 *     node run.js FOLDER [--smoke]
 *
 * FOLDER holds the triples that ../generate.py makes.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { BYTES, FLOOR } from "./contenders.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const module = (path) => `${HERE}node_modules/${path}`;
const first = (paths) => paths.map(module).find((path) => existsSync(path));

const [folder, smoke] = process.argv.slice(2);
const ROUNDS = smoke ? "3" : "40";
const RUNTIMES = {
  Node: [process.execPath],
  Deno: [first(["@deno/linux-x64-glibc/deno", "@deno/linux-arm64-glibc/deno"]), "run", "-A"],
  Bun: [first(["@oven/bun-linux-x64/bin/bun", "bun/bin/bun.exe"])],
};
/** The largest ratio to the floor that is aimed at. */
const AIMS = {
  Node: { "2KB": 0.5, "50KB": 0.3, theirsIsBase: 0.15 },
  Deno: { "2KB": 0.5, "50KB": 0.3 },
  Bun: { "2KB": 1, "50KB": 1 },
};

function aimOf(runtime, triple) {
  const aims = AIMS[runtime];
  return triple.startsWith("only-mine") ? aims.theirsIsBase : aims[triple.split("-").at(-1)];
}

for (const [runtime, [command, ...options]] of Object.entries(RUNTIMES)) {
  if (!command) {
    console.log(`${runtime}: not there for this machine`);
    continue;
  }
  const parameters = [...options, "contest.js", folder, ROUNDS];
  const { status, stdout } = spawnSync(command, parameters, {
    cwd: HERE,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) {
    throw new Error(`${runtime} failed`);
  }
  for (const [triple, medians] of Object.entries(JSON.parse(stdout))) {
    console.log(`\n${runtime}, ${triple}: ${medians[FLOOR].toFixed(1)} µs to parse and print`);
    for (const [name, time] of Object.entries(medians)) {
      const ratio = time / medians[FLOOR];
      const aim = name === BYTES ? aimOf(runtime, triple) : undefined;
      const told = aim && !smoke ? `  ${ratio <= aim ? "within" : "beyond"} ${aim}` : "";
      console.log(`  ${name.padEnd(32)} ${ratio.toFixed(3).padStart(9)}${told}`);
    }
  }
}
