/** zlib (RFC 1950) by the platform's own streams. */

import { concat } from "./bytes.js";
import { malformed, tooLarge } from "./errors.js";

/**
 * What it compresses to; nothing where the runtime has no streams that do.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function deflate(bytes) {
  if (typeof CompressionStream === "undefined") {
    return undefined;
  }
  const stream = new CompressionStream("deflate");
  return concat((await collect(bytes, stream, Number.POSITIVE_INFINITY)) ?? []);
}

/**
 * The bytes that were compressed, at most `limit` of them.
 *
 * The stream is given up as soon as it has yielded more: a few kilobytes can hold gigabytes.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} limit
 */
export async function inflate(bytes, limit) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("a compressed session needs DecompressionStream, which this runtime lacks");
  }
  let parts;
  try {
    parts = await collect(bytes, new DecompressionStream("deflate"), limit);
  } catch {
    // The platform's message may quote the data.
    throw malformed("is not compressed as it says");
  }
  if (parts === null) {
    throw tooLarge("the inflated session", limit);
  }
  return concat(parts);
}

/**
 * Everything that `stream` makes of `bytes`, or null if that is more than `limit` bytes.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>} stream
 * @param {number} limit
 */
async function collect(bytes, stream, limit) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return parts;
    }
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
}
