/** For those who bring the WebAssembly module, `session-merge/core.wasm`, themselves. */

import { provide } from "../instance.js";

/**
 * Says which module merges run in: a compiled one, or its bytes.
 *
 * @param {WebAssembly.Module | BufferSource} module
 */
export function init(module) {
  // A module of another realm is no `instanceof` this one's `WebAssembly.Module`.
  const isBytes = module instanceof ArrayBuffer || ArrayBuffer.isView(module);
  const compiled = isBytes
    ? new WebAssembly.Module(/** @type {BufferSource} */ (module))
    : /** @type {WebAssembly.Module} */ (module);
  provide(() => compiled);
}

export * from "../index.js";
