/**
 * Lets all contenders take turns in this process, and prints the medians in microseconds as JSON.
 *
 *     node contest.js FOLDER ROUNDS
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { CONTENDERS } from "./contenders.js";

const TRIPLES = ["clean-2KB", "clean-50KB", "only-mine-2KB", "only-mine-50KB"];
const CONFLICTS = ["session-2KB", "session-50KB"];
/** Each contender runs for so many milliseconds before the next one's turn. */
const TURN = 2;

const [folder, rounds] = process.argv.slice(2);
const WARMING = Number(rounds) > 10 ? 15 : 0;
const encoder = new TextEncoder();

function read(name) {
  const path = (side) => join(folder, name, `${side}.json`);
  const texts = ["base", "theirs", "mine"].map((side) => readFileSync(path(side), "utf8"));
  return { texts, bytes: texts.map((text) => encoder.encode(text)) };
}

/** Microseconds of one run, of as many as fill a turn. */
function turn(contender, triple) {
  const start = performance.now();
  let runs = 0;
  let end = start;
  while (end - start < TURN) {
    contender(triple);
    runs += 1;
    end = performance.now();
  }
  return ((end - start) / runs) * 1000;
}

function median(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function contest(triple, names) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -WARMING; round < Number(rounds); round += 1) {
    names.forEach((_, index) => {
      const name = names[(index + round + WARMING) % names.length];
      const time = turn(CONTENDERS[name], triple);
      if (round >= 0) {
        times[name].push(time);
      }
    });
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

const results = {};
for (const name of [...CONFLICTS, ...TRIPLES]) {
  results[name] = contest(read(name), Object.keys(CONTENDERS));
}
console.log(JSON.stringify(results));
