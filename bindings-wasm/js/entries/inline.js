/** Node, Deno, Bun, browsers and bundlers: the module's bytes are part of the script. */

import base64 from "#core-base64";
import { provide } from "../instance.js";

provide(() => new WebAssembly.Module(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))));

export * from "../index.js";
