import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { openSession } from "session-merge/stores";

/** @type {import("hono/utils/cookie").CookieOptions & { name?: string }} */
const ATTRIBUTES = { path: "/", httpOnly: true, secure: true, sameSite: "Lax" };

/** 400 days: browsers keep no cookie for longer, and Hono refuses to set one that says so. */
const LONGEST_COOKIE = 400 * 86_400;

/**
 * Hono middleware that opens the session of the request's cookie as `c.get("session")`, and saves
 * it, merged, before the response goes out.
 *
 * As in Django, nothing is saved after an error (a status of 500 or more). What saving throws goes
 * to `app.onError`: no response says that something was stored which was not.
 *
 * @param {import("session-merge/stores").CasStore} store
 * @param {import("session-merge/hono").MergingSessionOptions} [options]
 * @returns {import("hono").MiddlewareHandler}
 */
export function mergingSession(store, { cookie = {}, rolling = false, ...options } = {}) {
  const { name = "sessionid", ...attributes } = { ...ATTRIBUTES, ...cookie };
  return async (c, next) => {
    const given = getCookie(c, name, attributes.prefix);
    const session = await openSession(store, given, options);
    c.set("session", session);
    await next();
    if (c.res.status >= 500) {
      return;
    }
    const { stored } = rolling ? await session.touch() : await session.save();
    if (!session.isNew && (session.id !== given || (rolling && stored))) {
      const maxAge = Math.min(Math.floor(session.ttl), LONGEST_COOKIE);
      setCookie(c, name, session.id, { maxAge, ...attributes });
    } else if (session.isNew && given !== undefined && session.issued !== "unreadable") {
      deleteCookie(c, name, attributes);
    }
  };
}
