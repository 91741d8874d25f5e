/** Session ids as Django makes them: 32 characters of a to z and 0 to 9, about 165 random bits. */

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 32;

/** Bytes from here on are drawn anew, for they would make some characters likelier than others. */
const FAIR = 256 - (256 % ALPHABET.length);

export function newSessionId() {
  let id = "";
  while (id.length < LENGTH) {
    const fair = crypto.getRandomValues(new Uint8Array(LENGTH)).filter((byte) => byte < FAIR);
    for (const byte of fair.subarray(0, LENGTH - id.length)) {
      id += ALPHABET[byte % ALPHABET.length];
    }
  }
  return id;
}

/**
 * @param {unknown} id
 * @returns {id is string}
 */
export function isSessionId(id) {
  return typeof id === "string" && /^[a-z0-9]{32}$/.test(id);
}
