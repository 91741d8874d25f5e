/** The errors. What they print never shows a value of a document: sessions hold secrets. */

/** A merge, or a rule set for one, was refused; nothing was changed. */
export class MergeError extends Error {}

/** A conflict at a place where the rules say `fail`. */
export class MergeConflict extends MergeError {
  // Private, so that what prints an error's own properties does not print a session.
  #conflicts;

  /**
   * @param {string} message
   * @param {import("./report.js").Conflict[]} conflicts
   */
  constructor(message, conflicts) {
    super(message);
    this.#conflicts = conflicts;
  }

  get conflicts() {
    return this.#conflicts;
  }
}

/** A rule set that cannot be compiled. */
export class RulesError extends MergeError {
  #pattern;

  /**
   * @param {string} message
   * @param {string} pattern
   * @param {ErrorOptions} [options]
   */
  constructor(message, pattern, options) {
    super(message, options);
    this.#pattern = pattern;
  }

  get pattern() {
    return this.#pattern;
  }
}

/** A text that is not JSON. */
export class JSONError extends MergeError {
  /**
   * @param {string} message
   * @param {import("../index.js").Input} input
   * @param {number} line
   * @param {number} column
   */
  constructor(message, input, line, column) {
    super(message);
    this.input = input;
    // Own properties: Bun's errors have some of these names, which would hide a class's getters.
    this.line = line;
    this.column = column;
  }
}

/** A document nested deeper than the rules' `max_depth`, or a value that holds itself. */
export class DepthError extends MergeError {
  #input;
  #pointer;

  /**
   * @param {string} message
   * @param {import("../index.js").Input | null} input
   * @param {string} pointer
   */
  constructor(message, input, pointer) {
    super(message);
    this.#input = input;
    this.#pointer = pointer;
  }

  get input() {
    return this.#input;
  }

  get pointer() {
    return this.#pointer;
  }
}

// Written out, for a bundler may shorten the names of classes.
const names = { MergeError, MergeConflict, RulesError, JSONError, DepthError };
for (const [name, error] of Object.entries(names)) {
  Object.defineProperty(error.prototype, "name", {
    value: name,
    configurable: true,
    writable: true,
  });
}
