/** From the Rust crate to an optimised module and its glue. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { BINDGEN, ROOT, TARGET } from "./paths.js";

const TRIPLE = "wasm32-unknown-unknown";
/** What the deepest document that rules can allow takes, 1024 levels, and as much again. */
const STACK = 8 * 1024 * 1024;
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
 * How much smaller than a call a function must be to be put in its place, and one that is marked
 * `inline`: measured, what LLVM inlines beyond makes the module larger and no faster.
 */
const INLINING = ["-inline-threshold=20", "-inlinehint-threshold=88"];
/**
 * What wasm-opt is to do: it inlines next to nothing, and as no pointer is below 1024, where the
 * stack would end, what is added to one can become a part of the instruction.
 */
const OPTIMISATION = [
  "-Os",
  "--converge",
  "--flexible-inline-max-function-size=0",
  "--one-caller-inline-max-function-size=10",
  "--low-memory-unused",
  "--optimize-added-constants",
  "--strip-debug",
  "--strip-producers",
  "--strip-target-features",
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
 * The standard library is built along: it is a third smaller where a panic is nothing but a trap,
 * of which nobody could read a message anyway.
 *
 * @param {string} rustc
 */
function buildStd(rustc) {
  const minor = Number(printed(rustc, ["--version"]).match(/^rustc 1\.(\d+)/)?.[1]);
  const isPanicStrategy = minor >= 91;
  const features = isPanicStrategy
    ? "optimize_for_size"
    : "optimize_for_size,panic_immediate_abort";
  return {
    parameters: ["-Zbuild-std=std,panic_abort", `-Zbuild-std-features=${features}`],
    flags: isPanicStrategy ? " -Zunstable-options -Cpanic=immediate-abort" : "",
    // That a stable compiler may do so: what it makes is no other for it.
    env: { RUSTC_BOOTSTRAP: "1" },
  };
}

/**
 * How cargo is called: with rustup's target and sources, or where rustup cannot add them, with
 * Debian's compiler (packages rustc-web, cargo-web, rust-web-src and rust-web-llvm).
 *
 * @returns {{ cargo: string, parameters: string[], flags: string, env: Record<string, string> }}
 */
function toolchain() {
  const sysroot = printed("rustc", ["--print", "sysroot"]);
  const hasSources = () => existsSync(join(sysroot, "lib/rustlib/src/rust/library"));
  const hasTarget = () => existsSync(join(sysroot, "lib/rustlib", TRIPLE));
  if (!hasTarget() || !hasSources()) {
    spawnSync("rustup", ["target", "add", TRIPLE], { cwd: ROOT, stdio: "inherit" });
    spawnSync("rustup", ["component", "add", "rust-src"], { cwd: ROOT, stdio: "inherit" });
  }
  if (hasTarget() && hasSources()) {
    return { cargo: "cargo", ...buildStd("rustc") };
  }
  const rustc = "/usr/bin/rustc";
  if (!existsSync(rustc) || !existsSync("/usr/lib/rustlib/src")) {
    throw new Error(`rustup cannot add ${TRIPLE} and rust-src, and there is no rust-web-src`);
  }
  const host = printed("rustc", ["-vV"]).match(/^host: (.*)$/m)?.[1] ?? "";
  const { parameters, flags, env } = buildStd(rustc);
  return {
    cargo: "/usr/bin/cargo",
    parameters,
    flags,
    env: {
      ...env,
      RUSTC: rustc,
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: join(
        sysroot,
        "lib/rustlib",
        host,
        "bin/rust-lld",
      ),
    },
  };
}

/**
 * @param {string} output where the module goes
 * @returns {Promise<string>} the glue's source
 */
export async function compileModule(output) {
  const { cargo, parameters, flags, env } = toolchain();
  const inlining = INLINING.map((option) => ` -Cllvm-args=${option}`).join("");
  const build = ["build", "--quiet", "--profile", "wasm", "--target", TRIPLE];
  run(cargo, [...build, "--package", "session-merge-wasm", ...parameters], {
    env: {
      ...env,
      RUSTFLAGS: `-Ctarget-feature=+simd128 -Clink-arg=-zstack-size=${STACK}${inlining}${flags}`,
    },
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
  run(process.execPath, [
    wasmOpt,
    ...OPTIMISATION,
    ...features,
    join(glue, "core_bg.wasm"),
    "-o",
    output,
  ]);
  return readFile(join(glue, "core_bg.js"), "utf8");
}
