/** From the Rust crate to an optimised module and its glue. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { BINDGEN, ROOT, TARGET } from "./paths.js";

const TRIPLE = "wasm32-unknown-unknown";
/** What every supported runtime has. */
const FEATURES = [
  "bulk-memory",
  "bulk-memory-opt",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
  "simd",
];

/**
 * @param {string} command
 * @param {string[]} parameters
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
function run(command, parameters, { cwd = ROOT, env = {} } = {}) {
  const { status, error } = spawnSync(command, parameters, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) {
    throw new Error(`${command} ${parameters.join(" ")} failed: ${error ?? status}`);
  }
}

/**
 * @param {string} command
 * @param {string[]} parameters
 */
function printed(command, parameters) {
  return spawnSync(command, parameters, { cwd: ROOT, encoding: "utf8" }).stdout?.trim() ?? "";
}

/**
 * How cargo is called: with rustup's target, or where rustup cannot add one, with Debian's compiler
 * (packages rustc-web, cargo-web, rust-web-src and rust-web-llvm) and a standard library that is
 * built along.
 *
 * @returns {{ cargo: string, flags: string[], env: Record<string, string> }}
 */
function toolchain() {
  const hasTarget = () => printed("rustup", ["target", "list", "--installed"]).includes(TRIPLE);
  if (!hasTarget()) {
    spawnSync("rustup", ["target", "add", TRIPLE], { cwd: ROOT, stdio: "inherit" });
  }
  if (hasTarget()) {
    return { cargo: "cargo", flags: [], env: {} };
  }
  const sysroot = printed("rustc", ["--print", "sysroot"]);
  const host = printed("rustc", ["-vV"]).match(/^host: (.*)$/m)?.[1] ?? "";
  const linker = join(sysroot, "lib", "rustlib", host, "bin", "rust-lld");
  if (!existsSync("/usr/bin/rustc") || !existsSync("/usr/lib/rustlib/src")) {
    throw new Error(`no ${TRIPLE}: rustup cannot add it, and there is no Debian rust-web-src`);
  }
  return {
    cargo: "/usr/bin/cargo",
    flags: ["-Zbuild-std=std,panic_abort"],
    env: {
      RUSTC_BOOTSTRAP: "1",
      RUSTC: "/usr/bin/rustc",
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker,
    },
  };
}

/**
 * @param {string} output where the module goes
 * @returns {Promise<string>} the glue's source
 */
export async function compileModule(output) {
  const { cargo, flags, env } = toolchain();
  const build = ["build", "--quiet", "--profile", "wasm", "--target", TRIPLE];
  run(cargo, [...build, "--package", "session-merge-wasm", ...flags], {
    env: { ...env, RUSTFLAGS: "-Ctarget-feature=+simd128" },
  });
  const made = join(TARGET, "bindgen");
  run("cargo", ["build", "--quiet", "--locked", "--target-dir", made], { cwd: BINDGEN });
  const glue = join(TARGET, "wasm-glue");
  run(join(made, "debug", "bindgen"), [
    join(TARGET, TRIPLE, "wasm", "session_merge_wasm.wasm"),
    glue,
  ]);
  const wasmOpt = createRequire(import.meta.url).resolve("binaryen/bin/wasm-opt");
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  const strip = ["--strip-debug", "--strip-producers"];
  const optimise = ["-O3", ...features, ...strip];
  run(process.execPath, [wasmOpt, ...optimise, join(glue, "core_bg.wasm"), "-o", output]);
  return readFile(join(glue, "core_bg.js"), "utf8");
}
