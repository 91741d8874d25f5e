/** The vectors that every language runs; tests/vectors/README.md tells what is in them. */

import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../tests/vectors/", import.meta.url);
const SIDES = ["base", "theirs", "mine"];

/** Every case with this outcome, its file's name in front of its own. */
export function cases(outcome) {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  return files.sort().flatMap((file) => {
    const { cases } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
    return cases
      .filter((vector) => outcome in vector)
      .map((vector) => ({ ...vector, name: `${file.replace(".json", "")}: ${vector.name}` }));
  });
}

/** The three documents as texts. */
export function texts(vector) {
  return SIDES.map((side) => (vector.text ? vector[side] : JSON.stringify(vector[side])));
}

/** The three documents as values that share nothing. */
export function values(vector) {
  return texts(vector).map((text) => JSON.parse(text));
}

/** A report in the form of the vectors, its values made of what the merge gave. */
export function records(conflicts, convert = (value) => value) {
  return conflicts.map((conflict) => {
    const { pointer, kind, winner } = conflict;
    const sides = SIDES.filter((side) => conflict[side] !== undefined);
    const entries = sides.map((side) => [side, convert(conflict[side])]);
    return { pointer, kind, winner, ...Object.fromEntries(entries) };
  });
}

/** A report of texts as one of values. */
export function parsed(report) {
  return records(report, (text) => JSON.parse(text));
}
