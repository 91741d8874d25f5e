/** Cloudflare Workers compile a module when it is uploaded, never at run time. */

import { provide } from "../instance.js";
import module from "./core.wasm";

provide(() => module);

export * from "../index.js";
