/** The WebAssembly instance that merges run in. */

import { glue as makeGlue } from "#glue";
import { MergeError } from "./errors.js";

/** As many compiled rule sets are kept; the one that was not used for longest goes first. */
const KEPT_RULES = 64;
/** Memory never shrinks: an instance that has grown beyond this is not used again. */
const LARGEST_KEPT = 64 * 1024 * 1024;

/** One instance with the rule sets that were compiled in it. */
class Instance {
  /** @type {import("./host.js").Host[]} the merges under way: a function may merge as well */
  #hosts = [];
  #glue = makeGlue((...conflict) => this.#hosts.at(-1)?.resolve(...conflict));
  #memory;
  /** @type {Map<string, number>} the number of a compiled rule set by its JSON text */
  #compiled = new Map();
  /** How many merges run in it: a function that decides a conflict may merge as well. */
  running = 0;
  isBroken = false;

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    const { exports } = new WebAssembly.Instance(module, { "./core_bg.js": this.#glue });
    this.#glue.__wbg_set_wasm(exports);
    /** @type {() => void} */ (exports.__wbindgen_start)();
    this.#memory = /** @type {WebAssembly.Memory} */ (exports.memory);
  }

  get isUsable() {
    return !this.isBroken && this.#memory.buffer.byteLength <= LARGEST_KEPT;
  }

  /**
   * @param {import("./rules.js").Rules} rules
   * @param {import("./host.js").Host} host
   * @returns {number | undefined} nothing if they were refused
   */
  compile(rules, host) {
    const { json, functions } = rules;
    const known = this.#compiled.get(json);
    if (known !== undefined) {
      this.#compiled.delete(json);
      this.#compiled.set(json, known);
      return known;
    }
    const [[oldest, its]] = this.#compiled.size < KEPT_RULES ? [[]] : this.#compiled;
    const number = its ?? this.#compiled.size;
    if (!this.#glue.compile(number, json, functions.length, host)) {
      return undefined;
    }
    if (oldest !== undefined) {
      this.#compiled.delete(oldest);
    }
    this.#compiled.set(json, number);
    return number;
  }

  /**
   * @param {Uint8Array} base
   * @param {Uint8Array} theirs
   * @param {Uint8Array} mine
   * @param {number | undefined} rules
   * @param {import("./host.js").Host} host
   */
  merge(base, theirs, mine, rules, host) {
    this.#hosts.push(host);
    try {
      this.#glue.merge(base, theirs, mine, rules, host);
    } finally {
      this.#hosts.pop();
    }
  }

  /**
   * @param {Uint8Array} theirs
   * @param {Uint8Array} value
   * @param {number | undefined} rules
   * @param {import("./host.js").Host} host
   */
  patch(theirs, value, rules, host) {
    this.#glue.patch(theirs, value, rules, host);
  }
}

/** @type {(() => WebAssembly.Module) | undefined} */
let source;
/** @type {Instance | undefined} */
let current;

/**
 * Says where the compiled module comes from; it is asked for at the first merge.
 *
 * @param {() => WebAssembly.Module} load
 */
export function provide(load) {
  source = load;
  current = undefined;
}

/**
 * Runs something in an instance. One that traps, for want of memory say, is not used again: the
 * next call gets a new one.
 *
 * @param {(instance: Instance) => void} work
 */
export function run(work) {
  if (!current) {
    if (!source) {
      throw new MergeError("no WebAssembly module: call init(module) of session-merge/slim first");
    }
    current = new Instance(source());
  }
  const instance = current;
  instance.running += 1;
  try {
    work(instance);
  } catch (error) {
    instance.isBroken = true;
    throw new MergeError("the merge ran out of memory or stack", { cause: error });
  } finally {
    instance.running -= 1;
    if (current === instance && !instance.isUsable) {
      current = undefined;
    }
  }
  if (instance.isBroken) {
    throw new MergeError("a merge inside this one ran out of memory or stack");
  }
}
