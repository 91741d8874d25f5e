/** Where things are. */

import { fileURLToPath } from "node:url";

/** @param {string} path from this folder */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const PACKAGE = here("..");
export const DIST = here("../dist");
export const JS = here("../js");
export const BINDGEN = here("../bindgen");
export const ROOT = here("../..");
export const TARGET = process.env.CARGO_TARGET_DIR ?? here("../../target");
