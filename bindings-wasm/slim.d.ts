/**
 * The package without the WebAssembly module, for those who load `session-merge/core.wasm` in their
 * own way.
 *
 * @module
 */

export * from "./index.js";

/** Says which module merges run in: a compiled one, or its bytes. Call it once, before merging. */
export function init(module: WebAssembly.Module | BufferSource): void;
