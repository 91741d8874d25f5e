/** The three answers of a store to a swap. */

/** @typedef {import("session-merge/stores").Outcome<any>} Outcome */
/** @typedef {import("session-merge/stores").Loaded<any>} Loaded */

/**
 * @param {any} version
 * @returns {Outcome}
 */
export function stored(version) {
  return { status: "stored", version };
}

/**
 * @param {string} text
 * @param {any} version
 * @returns {Outcome}
 */
export function changed(text, version) {
  return { status: "changed", text, version };
}

/** @type {Outcome} */
export const GONE = Object.freeze({ status: "gone" });

/**
 * A version for a store that does not look at the expiry when it compares: it holds the moment.
 *
 * @param {string} tag what the store compares
 * @param {number} expires
 */
export function perishable(tag, expires) {
  return `${expires} ${tag}`;
}

/**
 * What the store compares, or null if what had this version has expired: it may still be there.
 *
 * @param {string} version
 */
export function tagOf(version) {
  const [expires, tag] = version.split(" ");
  return Number(expires) > Date.now() ? tag : null;
}

/**
 * The answer to a swap that did not hold, from what is there after it.
 *
 * @param {Loaded | null} loaded
 */
export function lost(loaded) {
  return loaded === null ? GONE : changed(loaded.text, loaded.version);
}
