/** A worker that shares the sessions of a Django site, in PostgreSQL or in Redis. */

import postgres from "postgres";
import { secondsToExpiry, verifyAuthHash, withDjangoRules } from "session-merge/django";
import {
  DjangoSessionStore,
  openSession,
  SessionGoneError,
  upstashStore,
} from "session-merge/stores";

const RULES = { "/count": "counter", "/log": "append" };

/** How the sessions are opened: `open(id)`, and `close()` once the request is done. */
const STORES = {
  async postgresql(env) {
    const client = postgres(env.POSTGRESQL_URL, { max: 1, fetch_types: false });
    const query = (sql, parameters) => client.unsafe(sql, parameters);
    const store = new DjangoSessionStore(query, { secret: env.SECRET });
    return {
      open: (id) => openSession(store, id, { rules: RULES }),
      close: () => client.end(),
    };
  },
  async redis(env) {
    const prefix = ":1:django.contrib.sessions.cache";
    const store = upstashStore({ url: env.REST_URL, token: env.REST_TOKEN, prefix });
    const options = {
      rules: withDjangoRules(RULES),
      identity: "/_auth_user_id",
      ttl: secondsToExpiry,
    };
    return { open: (id) => openSession(store, id, options), close: () => {} };
  },
};

const ROUTES = {
  async "/add"(session, parameters) {
    const name = parameters.get("name");
    session.data[name] = true;
    session.data.count += 1;
    session.data.log.push(name);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { attempts } = await session.save();
    return Response.json({ attempts });
  },
  "/show": (session) => Response.json({ data: session.data, issued: session.issued }),
  async "/verify"(session, parameters, env) {
    const password = parameters.get("password");
    return Response.json(await verifyAuthHash(session.data, password, { secret: env.SECRET }));
  },
  async "/late"(session) {
    session.data.late = true;
    await new Promise((resolve) => setTimeout(resolve, 400));
    await session.save();
    return Response.json({});
  },
  async "/logout"(session) {
    await session.destroy();
    return Response.json({});
  },
};

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const id = request.headers.get("cookie")?.match(/sessionid=(\w+)/)?.[1];
    const { open, close } = await STORES[env.STORE](env);
    try {
      return await ROUTES[pathname](await open(id), searchParams, env);
    } catch (error) {
      return new Response(error.stack, { status: error instanceof SessionGoneError ? 409 : 500 });
    } finally {
      await close();
    }
  },
};
