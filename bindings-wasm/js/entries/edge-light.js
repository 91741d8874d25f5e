/** Vercel's edge runtime compiles a module when it is deployed, never at run time. */

import { provide } from "../instance.js";
import module from "./core.wasm?module";

provide(() => module);

export * from "../index.js";
