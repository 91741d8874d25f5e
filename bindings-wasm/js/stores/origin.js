import { dataOf, exactText, textOf } from "./documents.js";
import { merged, storeMerged } from "./saving.js";

/** @typedef {import("session-merge/stores").Loaded} Loaded */
/** @typedef {import("./saving.js").Stored} Stored */

/**
 * What the data of a session came from, and what has become of that in the store.
 *
 * Whoever works on the data keeps its origin beside it, for itself alone: two requests that have
 * read the same session at different times have different origins.
 */
export class Origin {
  /** The stored text that the data came from. */
  #base;
  /** `#base` as JavaScript wrote it after reading, to tell whether anything was touched since. */
  #seen;
  /** The text and version in the store when it was last heard of. */
  #current;

  /**
   * @param {Loaded} loaded what the store gave
   * @param {string} [base] what the data came from, if that is something else
   */
  constructor(loaded, base = loaded.text) {
    this.#base = base;
    this.#seen = textOf(dataOf(base));
    this.#current = loaded;
  }

  get base() {
    return this.#base;
  }

  /**
   * Stores `data` under `id`, merged; gives what was stored, or null if there was nothing to do.
   *
   * `fresh` of the result is what `data` should hold from now on; null if it is right as it is.
   *
   * @param {import("session-merge/stores").CasStore} store
   * @param {string} id
   * @param {object} data
   * @param {import("./options.js").How} how
   */
  async save(store, id, data, how) {
    if (!how.touch && textOf(data) === this.#seen) {
      return null;
    }
    return this.#replaced(data, (mine) =>
      storeMerged(store, id, this.#base, this.#current, mine, how),
    );
  }

  /**
   * Stores `data` by other means: `write` gets what was there when the store was last heard of,
   * and a function that merges `data` with what is there.
   *
   * @param {object} data
   * @param {import("./options.js").How} how
   * @param {(
   *   current: Loaded,
   *   merge: (theirs: Loaded) => ReturnType<typeof merged>,
   * ) => Promise<Stored>} write
   */
  rewrite(data, how, write) {
    return this.#replaced(data, (mine) =>
      write(this.#current, (theirs) => merged(this.#base, theirs, mine, how)),
    );
  }

  /**
   * @param {object} data
   * @param {(mine: string) => Promise<Stored>} write
   */
  async #replaced(data, write) {
    const seen = textOf(data);
    const mine = seen === this.#seen ? this.#base : exactText(this.#base, data);
    const saved = await write(mine);
    return { ...saved, fresh: this.#accept(saved, mine, seen, data) };
  }

  /**
   * Takes over what was stored in place of `mine`.
   *
   * If the program went on changing `data` while it was being stored, `data` is left to it: it
   * comes from `mine` still, and the next save merges.
   *
   * @param {Loaded} saved
   * @param {string} mine
   * @param {string} seen
   * @param {object} data
   */
  #accept({ text, version }, mine, seen, data) {
    this.#current = { text, version };
    if (text === mine || textOf(data) !== seen) {
      this.#base = mine;
      this.#seen = seen;
      return null;
    }
    const fresh = dataOf(text);
    this.#base = text;
    this.#seen = textOf(fresh);
    return fresh;
  }
}
