/** What a merge returns, in classes that print no values. */

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * @typedef {object} ConflictRecord
 * @property {string} pointer
 * @property {string} shown the pointer without what could be a token
 * @property {import("../index.js").ConflictKind} kind
 * @property {import("../index.js").Winner | null} winner
 * @property {unknown} base
 * @property {unknown} theirs
 * @property {unknown} mine
 */

/** One record of a merge's report. */
export class Conflict {
  #record;

  /** @param {ConflictRecord} record */
  constructor(record) {
    this.#record = record;
  }

  get pointer() {
    return this.#record.pointer;
  }

  get kind() {
    return this.#record.kind;
  }

  get winner() {
    return this.#record.winner;
  }

  get base() {
    return this.#record.base;
  }

  get theirs() {
    return this.#record.theirs;
  }

  get mine() {
    return this.#record.mine;
  }

  toString() {
    const { kind, shown, winner } = this.#record;
    return `Conflict(${kind} at "${shown}", winner: ${winner})`;
  }

  /** What a logger may write: no values. */
  toJSON() {
    const { kind, shown, winner } = this.#record;
    return { pointer: shown, kind, winner };
  }

  [INSPECT]() {
    return this.toString();
  }
}

/**
 * @typedef {object} Outcome
 * @property {boolean} changed
 * @property {() => Conflict[]} conflicts
 * @property {() => any} value
 * @property {any} text
 * @property {() => any} patchText
 * @property {(text: any) => any} parse
 */

/** What a merge returns. */
export class Merge {
  #outcome;
  /** @type {{ value: any } | undefined} */
  #value;
  /** @type {Conflict[] | undefined} */
  #conflicts;
  /** @type {any} */
  #patchText;
  /** @type {any} */
  #patch;

  /** @param {Outcome} outcome */
  constructor(outcome) {
    this.#outcome = outcome;
  }

  get value() {
    this.#value ??= { value: this.#outcome.value() };
    return this.#value.value;
  }

  get text() {
    return this.#outcome.text;
  }

  get changed() {
    return this.#outcome.changed;
  }

  get conflicts() {
    this.#conflicts ??= this.#outcome.conflicts();
    return this.#conflicts;
  }

  get patch() {
    this.#patch ??= this.#outcome.parse(this.patchText);
    return this.#patch;
  }

  get patchText() {
    this.#patchText ??= this.#outcome.patchText();
    return this.#patchText;
  }

  toString() {
    return `Merge(changed: ${this.changed}, conflicts: ${this.conflicts.length})`;
  }

  /** What a logger may write: no values. */
  toJSON() {
    return { changed: this.changed, conflicts: this.conflicts };
  }

  [INSPECT]() {
    return this.toString();
  }
}
