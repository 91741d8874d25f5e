/** Runs in Deno; prints what it found as JSON. */

import { DenoKvStore, newSessionId } from "session-merge/stores";
import { contract } from "../support/contract.js";
import { storm } from "../support/storm.js";

const kv = await Deno.openKv(":memory:");
const store = new DenoKvStore(kv);

/**
 * Stores the largest text that the store takes, and gives the name of the error at the next one.
 */
async function limit(character, room) {
  const text = JSON.stringify({ a: character.repeat(room) });
  const id = newSessionId();
  await store.create(id, text, 60);
  const { text: back, version } = await store.load(id);
  if (back !== text) {
    throw new Error("the largest text came back changed");
  }
  try {
    await store.swap(id, version, JSON.stringify({ a: character.repeat(room + 1) }), 60);
  } catch (error) {
    return error.name;
  }
  return "none";
}

const ROOM = 65_536 - 64;
const QUOTES = JSON.stringify({ a: "" }).length;
const held = await contract(store);
const limits = {
  ascii: await limit("x", ROOM - QUOTES),
  wide: await limit("\u20ac", ROOM / 2 - QUOTES),
};
console.log(JSON.stringify({ held: held.length, limits, ...(await storm(store)) }));
kv.close();
