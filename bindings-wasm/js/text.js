/** Texts as bytes and back. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/**
 * Whether a value is a `Uint8Array`. One of another realm, such as a test runner's, is no instance
 * of this realm's class.
 *
 * @param {unknown} value
 * @returns {value is Uint8Array}
 */
export function isBytes(value) {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * The UTF-8 of a string. A lone surrogate has none: the bytes then end in one that is not UTF-8
 * either, so that the text is refused at this very place.
 *
 * @param {string} text
 * @returns {Uint8Array}
 */
export function encode(text) {
  if (text.isWellFormed()) {
    return encoder.encode(text);
  }
  const before = encoder.encode(text.slice(0, text.search(/\p{Surrogate}/u)));
  const bytes = new Uint8Array(before.length + 1);
  bytes.set(before);
  bytes[before.length] = 0xff;
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function decode(bytes) {
  return decoder.decode(bytes);
}

/**
 * The string of bytes in which lone surrogates may stand as three bytes each (WTF-8).
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function decodeLoosely(bytes) {
  try {
    return strict.decode(bytes);
  } catch {
    // Not UTF-8, so there is at least one: what is between them is.
    let text = "";
    let start = 0;
    for (let at = 0; at + 2 < bytes.length; at += 1) {
      if (bytes[at] === 0xed && bytes[at + 1] >= 0xa0) {
        text += decode(bytes.subarray(start, at));
        text += String.fromCharCode(
          0xd000 | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f),
        );
        start = at + 3;
        at += 2;
      }
    }
    return text + decode(bytes.subarray(start));
  }
}
