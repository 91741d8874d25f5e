/**
 * Bytes as text of ASCII, such that it compresses as well as the bytes do.
 *
 * Base64 cuts bytes up, so that what repeats in them no longer repeats in the text: it takes a
 * third more in gzip. Here each byte has a text of its own, one character for those that are
 * frequent and two for the others, and the whole takes hardly more than the bytes do. None of the
 * characters has to be escaped, in whatever quotes a bundler puts them, nor in a page.
 */

const UNFIT = "\"'`$<\\";
const CHARACTERS = Array.from({ length: 0x7f - 0x20 }, (_, at) => 0x20 + at).filter(
  (code) => !UNFIT.includes(String.fromCharCode(code)),
);
const COUNT = CHARACTERS.length;
/** So many characters start a pair: as one of them with any other, all rare bytes have a text. */
const STARTS = 2;
/** How many bytes have a character of their own. */
const FREQUENT = COUNT - STARTS;

/**
 * All bytes in the order of their texts, from the frequent ones.
 *
 * @param {Iterable<number>} frequent
 */
function ordered(frequent) {
  return Uint8Array.from(new Set([...frequent, ...Array(256).keys()]));
}

/** @param {Uint8Array} bytes */
export function textOf(bytes) {
  const counts = new Uint32Array(256);
  for (const byte of bytes) {
    counts[byte] += 1;
  }
  const byCount = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  const frequent = byCount.slice(0, FREQUENT);
  /** @type {string[]} */
  const texts = [];
  for (const [rank, byte] of ordered(frequent).entries()) {
    const rest = rank - FREQUENT;
    texts[byte] = String.fromCharCode(
      ...(rest < 0
        ? [CHARACTERS[STARTS + rank]]
        : [CHARACTERS[Math.trunc(rest / COUNT)], CHARACTERS[rest % COUNT]]),
    );
  }
  return { frequent, text: Array.from(bytes, (byte) => texts[byte]).join("") };
}

/**
 * @param {number[]} frequent
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf(frequent, text) {
  const order = ordered(frequent);
  const digits = new Uint8Array(0x80);
  // The byte of a character, or of one that starts a pair where the bytes of such pairs begin,
  // below zero.
  const meanings = new Int16Array(0x80);
  for (const [digit, code] of CHARACTERS.entries()) {
    digits[code] = digit;
    meanings[code] = digit < STARTS ? ~(FREQUENT + digit * COUNT) : order[digit - STARTS];
  }
  // This runs once, before any compiler of the engine has seen it: it does as little as can be for
  // each character, and reads them from bytes, which it overwrites.
  const bytes = new TextEncoder().encode(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    let meaning = meanings[bytes[at]];
    if (meaning < 0) {
      at += 1;
      meaning = order[~meaning + digits[bytes[at]]];
    }
    bytes[length] = meaning;
    length += 1;
  }
  return bytes.subarray(0, length);
}
