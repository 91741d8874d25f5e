import type { Host } from "../js/host.js";

/** What wasm-bindgen writes beside the module. */
export interface Glue extends WebAssembly.ModuleImports {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  compile(number: number, rules: string, functions: number, host: Host): boolean;
  merge(
    base: Uint8Array,
    theirs: Uint8Array,
    mine: Uint8Array,
    rules: number | undefined,
    host: Host,
  ): void;
  patch(theirs: Uint8Array, value: Uint8Array, rules: number | undefined, host: Host): void;
}

/**
 * Makes glue for one instance: it holds views of that instance's memory.
 *
 * @param resolve has a function of the innermost merge's rule set decide, by its number
 */
export function glue(resolve: Host["resolve"]): Glue;
