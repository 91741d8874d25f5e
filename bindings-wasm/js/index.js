/** Everything that the package exports, apart from where the WebAssembly module comes from. */

export { DepthError, JSONError, MergeConflict, MergeError, RulesError } from "./errors.js";
export { JSONText, merge, mergeJson } from "./merge.js";
export { Conflict, Merge } from "./report.js";
export { Rules } from "./rules.js";
