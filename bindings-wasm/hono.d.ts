// biome-ignore-all lint/suspicious/noExplicitAny: what is in a session is not known here.

import type { MiddlewareHandler } from "hono";
import type { CookieOptions } from "hono/utils/cookie";
import type { CasStore, SaveOptions, Session } from "session-merge/stores";

export interface MergingSessionOptions extends SaveOptions {
  /** The cookie: `sessionid`, HttpOnly, Secure, SameSite=Lax and for the whole site by default. */
  cookie?: CookieOptions & { name?: string };
  /** Whether every response starts the time to live anew. */
  rolling?: boolean;
}

/** Opens the request's session as `c.get("session")`, and saves it before the response goes out. */
export function mergingSession<Data extends object = Record<string, any>>(
  store: CasStore,
  options?: MergingSessionOptions,
): MiddlewareHandler<{ Variables: { session: Session<Data> } }>;
