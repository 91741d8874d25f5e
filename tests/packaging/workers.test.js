/** Cloudflare Workers. */

import { test } from "node:test";

import { assertPassed, project, skipFor } from "./project.js";
import { NEW_NODE } from "./tools.js";
import { answerOfWorker } from "./workerd.js";

const WORKER = `
import { report } from "./main.js";

export default {
  async fetch() {
    return Response.json(await report());
  },
};
`;

test("Workers", skipFor(!NEW_NODE && "wrangler needs Node 22"), async () => {
  assertPassed(await answerOfWorker(await project("workers", { "worker.js": WORKER })));
});
