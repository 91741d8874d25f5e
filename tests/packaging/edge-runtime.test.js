/** Vercel's edge runtime. */

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
