/**
 * Three-way merges of session documents, so that two requests at once never lose an update.
 *
 * ```js
 * import { merge } from "session-merge";
 *
 * const merged = merge(
 *   { visits: 1, cart: { pen: 1 } },
 *   { visits: 2, cart: { pen: 1, ink: 1 } },
 *   { visits: 2, cart: { pen: 3 } },
 *   { "/visits": "counter" },
 * );
 * merged.value; // { visits: 3, cart: { pen: 3, ink: 1 } }
 * ```
 *
 * @module
 */

/** Which of the three documents. */
export type Input = "base" | "theirs" | "mine";

/** What met, theirs first. */
export type ConflictKind =
  | "edit-edit"
  | "add-add"
  | "delete-edit"
  | "edit-delete"
  | "order"
  | "group"
  | "duplicate-key";

/** Who won a conflict. */
export type Winner = "mine" | "theirs" | "base" | "deleted" | "both" | "custom";

/**
 * Decides a conflict: called for each one at its place, it returns the value to store. For a part
 * of a list the three are lists, and so is its answer. `base` is `undefined` where base has none.
 *
 * It is synchronous. What it throws ends the merge and reaches the caller as it is.
 */
// biome-ignore lint/suspicious/noExplicitAny: the values of a document are whatever was stored.
export type Resolver = (base: any, theirs: any, mine: any) => unknown;

/** Who wins when both sides changed one thing: `mine` unless the rules say otherwise. */
export type ConflictRule =
  | "mine"
  | "theirs"
  | "base"
  | "max"
  | "min"
  | "fail"
  | { latest: string }
  | Resolver;

/** What holds when one side deleted what the other changed: the deletion `wins` by default. */
export type DeleteRule = "wins" | "loses" | "fail" | "empties";

/** How a value that both sides changed is merged. */
export type Mode =
  | "deep"
  | "atomic"
  | "counter"
  | "set"
  | "ordered"
  | "append"
  | "keyed"
  | "text"
  | "embedded";

/** What one pattern says. */
export interface Rule {
  merge?: Mode;
  conflict?: ConflictRule;
  delete?: DeleteRule;
  /** The bounds of a `counter`. */
  min?: number;
  max?: number;
  /** How many elements an `append` keeps, the last ones. */
  limit?: number;
  /** Whether an `append` keeps an equal value once, where it stands last. */
  unique?: boolean;
  /** The field, or the fields, by which the elements of a `keyed` list are matched. */
  key?: string | readonly string[];
  /** The rule of the document inside an `embedded` string. */
  root?: RuleShorthand | Rule;
}

/** A mode, a winner, or `fail` for both conflicts and deletions. */
export type RuleShorthand = Mode | "mine" | "theirs" | "base" | "max" | "min" | "fail";

/** A rule set: rules under patterns, which are JSON Pointers with `*` and `**`, and options. */
export interface RuleSet {
  [pattern: `/${string}`]: RuleShorthand | Rule;
  ""?: RuleShorthand | Rule;
  conflict?: ConflictRule;
  delete?: DeleteRule;
  /** Members of one object that are decided together, by their pointers. */
  groups?: readonly (readonly string[])[];
  /** How deep a document may be nested, 128 by default; the root container is 1. */
  max_depth?: number;
}

/** A compiled rule set: immutable. Make it once and use it for every merge. */
export class Rules {
  /** @throws {RulesError} which names the pattern and the reason */
  constructor(rules: RuleSet);
  /** How deep a document may be nested; the root container is 1. */
  readonly maxDepth: number;
}

/**
 * One record of a merge's report. Printed, logged or turned into JSON it shows no values, and no
 * name that could be a token: those are in its properties, for code that asks.
 */
export class Conflict<V = unknown> {
  private constructor();
  /** Where: a JSON Pointer (RFC 6901), in full. */
  readonly pointer: string;
  readonly kind: ConflictKind;
  /** `null` where the rules say `fail`. */
  readonly winner: Winner | null;
  /** What base had; `undefined` if nothing. */
  readonly base: V | undefined;
  /** What theirs had; `undefined` if nothing. */
  readonly theirs: V | undefined;
  /** What mine had; `undefined` if nothing. */
  readonly mine: V | undefined;
  toString(): string;
  toJSON(): { pointer: string; kind: ConflictKind; winner: Winner | null };
}

/** One operation of a JSON Patch (RFC 6902). */
export type PatchOperation =
  | { op: "add"; path: string; value: unknown }
  | { op: "remove"; path: string }
  | { op: "replace"; path: string; value: unknown };

/** What a merge returns. Printed, logged or turned into JSON it shows no values. */
export class Merge<V, T = V> {
  private constructor();
  /** The merged document: always whole, whatever conflicts there were. */
  readonly value: V;
  /** The merged document as JSON text, exact: this is what to store. */
  readonly text: T;
  /** False when theirs already says all of it: there is nothing to write. */
  readonly changed: boolean;
  /** Every place where both sides changed and the rules had to choose. */
  readonly conflicts: readonly Conflict<V>[];
  /**
   * The JSON Patch (RFC 6902) from theirs to the result. It is computed when asked for: with bytes,
   * ask before you change those of theirs or of the result.
   */
  readonly patch: PatchOperation[];
  /** The patch as exact JSON text. */
  readonly patchText: T;
  toString(): string;
  toJSON(): { changed: boolean; conflicts: readonly Conflict<V>[] };
}

/**
 * A document given to {@link merge} as JSON text, so that no number in it is rounded.
 *
 * ```js
 * const base = new JSONText(stored);
 * const session = base.parse();
 * session.visits += 1;
 * const merged = merge(base, new JSONText(storedByNow), session, rules);
 * store(merged.text);
 * ```
 */
export class JSONText {
  constructor(text: string | Uint8Array);
  /** The text as a string. */
  readonly text: string;
  /**
   * A value of one's own to change, as `JSON.parse` has it; `NaN` and infinities, which Python
   * writes, are read as well.
   *
   * @throws {JSONError}
   */
  // biome-ignore lint/suspicious/noExplicitAny: as JSON.parse has it.
  parse(): any;
}

/**
 * Merges what theirs and mine made of base, as plain values: whatever `JSON.stringify` writes.
 * Inputs are never changed, and the result shares nothing with them.
 *
 * JavaScript rounds integers beyond 2^53 when it reads them. Give base and theirs as
 * {@link JSONText}, mine as the value that was made of `base.parse()`, and store `text`: then every
 * number that was not touched is spelled as it was.
 *
 * @throws {RulesError}
 * @throws {DepthError}
 * @throws {JSONError} for a `JSONText`
 * @throws {MergeConflict} where the rules say `fail`
 */
export function merge<V = unknown>(
  base: V | JSONText,
  theirs: V | JSONText,
  mine: V | JSONText,
  rules?: Rules | RuleSet,
  // biome-ignore lint/suspicious/noExplicitAny: the merged document is whatever was stored.
): Merge<any, string>;

/**
 * Merges what theirs and mine made of base, as JSON texts and to JSON text: strings give a string,
 * bytes give bytes, which is faster. What is kept is copied as it is spelled, digits and escapes
 * and all; merged containers are written compact.
 *
 * @throws {JSONError}
 * @throws {RulesError}
 * @throws {DepthError}
 * @throws {MergeConflict} where the rules say `fail`
 */
export function mergeJson(
  base: string,
  theirs: string,
  mine: string,
  rules?: Rules | RuleSet,
): Merge<string>;
export function mergeJson(
  base: Uint8Array,
  theirs: Uint8Array,
  mine: Uint8Array,
  rules?: Rules | RuleSet,
): Merge<Uint8Array>;

/** A merge, or a rule set for one, was refused; nothing was changed. No message shows a value. */
export class MergeError extends Error {}

/** A conflict at a place where the rules say `fail`. */
export class MergeConflict extends MergeError {
  private constructor();
  /** The complete report; a conflict that the rules do not allow has no winner. */
  readonly conflicts: readonly Conflict[];
}

/** A rule set that cannot be compiled. */
export class RulesError extends MergeError {
  private constructor();
  /** The pattern or option at fault; empty for the rule set as a whole and the root's pattern. */
  readonly pattern: string;
}

/** A text that is not JSON. */
export class JSONError extends MergeError {
  private constructor();
  readonly input: Input;
  /** The line of the first character that cannot go on, from 1. */
  readonly line: number;
  /** Its column in characters, from 1; one past the last if the text ends too early. */
  readonly column: number;
}

/** A document nested deeper than the rules' `max_depth`, or a value that holds itself. */
export class DepthError extends MergeError {
  private constructor();
  /** Which document; `null` for one embedded in a string. */
  readonly input: Input | null;
  /** The JSON Pointer of the first container that is too deep. */
  readonly pointer: string;
}
