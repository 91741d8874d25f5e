/** A worker that runs the contract and a storm on the stores of its platform. */

import { D1Store, DurableObjectStore, R2Store } from "session-merge/stores";
import { contract } from "../support/contract.js";
import { storm } from "../support/storm.js";

export { SessionObject } from "session-merge/stores";

const STORES = {
  "Durable Object": (env) => new DurableObjectStore(env.SESSIONS),
  D1: (env) => new D1Store(env.DB),
  R2: (env) => new R2Store(env.BUCKET),
};

export default {
  async fetch(request, env) {
    const { searchParams, pathname } = new URL(request.url);
    const store = STORES[searchParams.get("store")](env);
    try {
      return Response.json(pathname === "/contract" ? await contract(store) : await storm(store));
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
