// biome-ignore-all lint/suspicious/noExplicitAny: express-session declares its callbacks so.

import { type SessionData, Store } from "express-session";
import type { CasStore, SaveOptions } from "session-merge/stores";

export interface MergingStoreOptions extends Omit<SaveOptions, "ttl"> {
  /** Seconds that a session lives whose cookie does not say how long: one day. */
  ttl?: number;
}

/** A store for express-session that merges, over any CasStore. */
export class MergingStore extends Store {
  constructor(store: CasStore, options?: MergingStoreOptions);
  get(sid: string, callback: (error: any, session?: SessionData | null) => void): void;
  /** Calls back with a `SessionGoneError` if the session was destroyed meanwhile. */
  set(sid: string, session: SessionData, callback?: (error?: any) => void): void;
  touch(sid: string, session: SessionData, callback?: () => void): void;
  destroy(sid: string, callback?: (error?: any) => void): void;
}
