/** The module's way into a script. */

import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { bytesOf, textOf } from "../js/bytes-as-text.js";

test("bytes come back, from characters that need no escape", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const property = (bytes) => {
    const { frequent, text } = textOf(bytes);
    assert.match(text, /^[ !#%&(-;=-[\]^_a-~]*$/);
    assert.deepEqual([...bytesOf(frequent, text)], [...bytes]);
  };
  property(all);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), property));
});
