/** The report of a merge, as the module packs it. */

import { Conflict } from "./report.js";
import { decode, decodeLoosely } from "./text.js";

/** The length of a field that is missing. */
const MISSING = 0xffffffff;

/**
 * @param {Uint8Array} report each field its length in four bytes, the lowest first, and its bytes
 * @param {(bytes: Uint8Array) => any} read makes of a value what the caller gets
 * @returns {Conflict[]}
 */
export function unpack(report, read) {
  const view = new DataView(report.buffer, report.byteOffset);
  let at = 0;
  const field = () => {
    const length = view.getUint32(at, true);
    at += 4;
    if (length === MISSING) {
      return undefined;
    }
    at += length;
    return report.subarray(at - length, at);
  };
  const value = () => {
    const bytes = field();
    return bytes && read(bytes);
  };
  const text = () => decode(/** @type {Uint8Array} */ (field()));
  const conflicts = [];
  while (at < report.length) {
    conflicts.push(
      new Conflict({
        pointer: decodeLoosely(/** @type {Uint8Array} */ (field())),
        shown: text(),
        kind: /** @type {import("../index.js").ConflictKind} */ (text()),
        winner: winner(field()),
        base: value(),
        theirs: value(),
        mine: value(),
      }),
    );
  }
  return conflicts;
}

/**
 * @param {Uint8Array | undefined} bytes
 * @returns {import("../index.js").Winner | null}
 */
function winner(bytes) {
  return bytes ? /** @type {import("../index.js").Winner} */ (decode(bytes)) : null;
}
