/** Node, Deno, Bun, browsers and bundlers: the module's bytes are part of the script. */

import { frequent, text } from "#core-text";
import { bytesOf } from "../bytes-as-text.js";
import { provide } from "../instance.js";

provide(() => new WebAssembly.Module(bytesOf(frequent, text)));

export * from "../index.js";
