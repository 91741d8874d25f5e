/** Vercel's edge runtime. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { answerOfEdge } from "./edge.js";
import { assertPassed, project } from "./project.js";

const EDGE = `
import { report } from "./main.js";

export default async function handler() {
  const answer = report().catch((error) => ({ failed: [String(error.stack)] }));
  return new Response(JSON.stringify(await answer));
}
`;

test("Vercel's edge runtime", async () => {
  assertPassed(await answerOfEdge(await project("edge-runtime", { "edge.js": EDGE })));
});

/** Writes a session that would be compressed, and reads the one that it is given. */
const LARGE = `
import { decodeSession, encodeSession } from "session-merge/django";

const options = { secret: "k".repeat(50), signedAt: new Date(1e12) };

export default async function handler(request) {
  const given = await request.text();
  const stored = await encodeSession({ text: "a".repeat(1000) }, options);
  const read = given && decodeSession(given, options).then(({ data }) => data.text.length);
  const told = await Promise.resolve(read).catch((error) => error.message);
  return new Response(JSON.stringify({ stored, told }));
}
`;

test("sessions where nothing compresses", async () => {
  const folder = await project("edge-runtime-sessions", { "edge.js": LARGE });
  const answer = async (options) => JSON.parse(await answerOfEdge(folder, options));
  const globals = { CompressionStream, DecompressionStream };
  const compressed = (await answer({ globals })).stored;
  assert.match(compressed, /^\./);

  const { stored, told } = await answer({ body: compressed });
  assert.match(stored, /^[^.]{1000}/);
  assert.match(told, /DecompressionStream/);
  assert.equal((await answer({ body: stored })).told, 1000);
  assert.equal((await answer({ body: compressed, globals })).told, 1000);
});
