/** What somebody would otherwise write or install: each takes texts or bytes and gives one. */

import * as Automerge from "@automerge/automerge";
import jsonPatch from "fast-json-patch";
import * as jsonDiff3 from "json-diff3";
import * as jsondiffpatch from "jsondiffpatch";
import { mergeJson } from "session-merge";
import * as trimerge from "trimerge";

const { diff3 } = jsonDiff3.default ?? jsonDiff3;
const { combineMergers, trimergeEquality, trimergeJsonObject } = trimerge.default ?? trimerge;

const parsed = ({ texts }) => texts.map((text) => JSON.parse(text));
const differ = jsondiffpatch.create({ textDiff: { minLength: Number.POSITIVE_INFINITY } });
// Where both changed one thing, mine wins, as it does with the others.
const takeMine = (...sides) => sides[2];
const trimerger = combineMergers(trimergeEquality, trimergeJsonObject, takeMine);

/** Stores in a document what changed from one value to another, as deep down as it can. */
function change(document, before, after) {
  for (const name of Object.keys(before)) {
    if (!(name in after)) {
      delete document[name];
    }
  }
  for (const [name, value] of Object.entries(after)) {
    const known = before[name];
    if (isObject(known) && isObject(value)) {
      change(document[name], known, value);
    } else if (JSON.stringify(known) !== JSON.stringify(value)) {
      document[name] = value;
    }
  }
}

const isObject = (value) => value instanceof Object && !Array.isArray(value);

/** No merge at all: what everything that merges objects must do besides. */
export const FLOOR = "JSON.parse ×3 + JSON.stringify";
export const BYTES = "mergeJson on bytes";

export const CONTENDERS = {
  [FLOOR]: (triple) => {
    const [, , mine] = parsed(triple);
    return JSON.stringify(mine);
  },
  [BYTES]: ({ bytes }) => mergeJson(...bytes).value,
  "mergeJson on strings": ({ texts }) => mergeJson(...texts).value,
  "fast-json-patch": (triple) => {
    const [base, theirs, mine] = parsed(triple);
    const patch = jsonPatch.compare(base, mine);
    return JSON.stringify(jsonPatch.applyPatch(theirs, patch).newDocument);
  },
  jsondiffpatch: (triple) => {
    const [base, theirs, mine] = parsed(triple);
    return JSON.stringify(differ.patch(theirs, differ.diff(base, mine)));
  },
  trimerge: (triple) => JSON.stringify(trimerger(...parsed(triple))),
  "json-diff3": (triple) => JSON.stringify(diff3(...parsed(triple), { handleMerge: takeMine })),
  automerge: (triple) => {
    const [base, theirs, mine] = parsed(triple);
    const origin = Automerge.from(base);
    const side = (after) =>
      Automerge.change(Automerge.clone(origin), (document) => change(document, base, after));
    return JSON.stringify(Automerge.merge(side(theirs), side(mine)));
  },
};
