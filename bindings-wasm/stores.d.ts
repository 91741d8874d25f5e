// biome-ignore-all lint/suspicious/noExplicitAny: what is in a session is not known here.

import type { Conflict, RuleSet, Rules } from "session-merge";
import type { CodecOptions } from "session-merge/django";

export { SessionTooLargeError } from "session-merge/django";

/** What a store holds: a JSON text, and what to compare before it is swapped. */
export interface Loaded<Version = unknown> {
  text: string;
  version: Version;
}

export type Outcome<Version = unknown> =
  /** The version was the expected one, and the write was made. */
  | { status: "stored"; version: Version }
  /** Somebody else was faster: here is what is stored now. */
  | ({ status: "changed" } & Loaded<Version>)
  /** There is no such session any more. */
  | { status: "gone" };

/** A place that keeps sessions and can compare and swap. Times to live are in seconds. */
export interface CasStore<Version = any> {
  /** What is stored now, never from a replica that lags; null if there is none, or it expired. */
  load(id: string): Promise<Loaded<Version> | null>;
  /** Stores a new session and gives its version; null if the id is taken. */
  create(id: string, text: string, ttl: number): Promise<Version | null>;
  /** Replaces the text if the version still is this one. Never creates a session. */
  swap(id: string, version: Version, text: string, ttl: number): Promise<Outcome<Version>>;
  /** Deletes the session if its version still is this one, and answers as `swap`. */
  remove(id: string, version: Version): Promise<Outcome<Version>>;
  /** Deletes the session if it is there. */
  delete(id: string): Promise<void>;
  /** Merges where the session is kept. Answers "changed" if it cannot. */
  merge?(
    id: string,
    request: MergeRequest<Version>,
  ): Promise<
    | { status: "stored"; version: Version; text: string; conflicts: readonly Conflict[] }
    | Exclude<Outcome<Version>, { status: "stored" }>
  >;
  /** What holds for every session in this store. */
  readonly format?: {
    rules?(rules: RuleSet): RuleSet;
    identity?: string;
    ttl?: number | ((data: any) => number);
  };
}

export interface MergeRequest<Version> {
  base: string;
  /** The version at which the store held `base`; null if it holds something else for certain. */
  version: Version | null;
  mine: string;
  /** A rule set as JSON. */
  rules: string;
  identity?: string;
  ttl: number;
}

export interface SaveOptions {
  /** What a merge does where; a rule set is compiled once. */
  rules?: RuleSet | Rules;
  /** Seconds that a session lives from each save on, or a function of its data: two weeks. */
  ttl?: number | ((data: any) => number);
  /**
   * A JSON Pointer to what says whose session it is. Where that differs by now, nothing is merged:
   * `SessionGoneError`.
   */
  identity?: string;
  /** How often a save may lose the race before it throws `SessionBusyError`: 100. */
  attempts?: number;
  /** For how many milliseconds it may go on trying: 10,000. */
  ceilingMs?: number;
}

export interface Saved {
  /** Whether anything was written: not where nothing had changed. */
  stored: boolean;
  conflicts: readonly Conflict[];
  /** How many swaps it took. */
  attempts: number;
}

/** The session of one request. */
export interface Session<Data extends object = Record<string, any>> {
  /** What the cookie holds. It is a credential: do not log it. */
  readonly id: string;
  /** The session itself, to be changed at will. What is saved is what `JSON.stringify` writes. */
  data: Data;
  /** Whether nothing is stored under `id`. */
  readonly isNew: boolean;
  /** Why the session has an id of its own; null if it was found under the id that was asked for. */
  readonly issued: "new" | "malformed" | "unknown" | "unreadable" | null;
  /** How many seconds it lives after a save. */
  readonly ttl: number;
  /**
   * Stores `data`, merged with what others stored since it was read; `data` shows the result.
   *
   * Throws without having stored anything: `SessionGoneError`, `SessionBusyError`,
   * `SessionTooLargeError`, `MergeConflict`, `SessionDecodeError`, and what the store throws.
   */
  save(): Promise<Saved>;
  /** As `save`, but the time to live starts anew even where nothing has changed. */
  touch(): Promise<Saved>;
  /** Moves the session, merged, to a new id: to be called at every login. */
  regenerate(): Promise<Saved>;
  /** Deletes the session: a late writer does not bring it back. `data` starts anew. */
  destroy(): Promise<void>;
}

/**
 * Opens the session under `id`, or a new one if it is malformed, unknown, expired or unreadable.
 *
 * A new session gets a fresh id, whatever was asked for, and is stored by its first `save`.
 */
export function openSession<Data extends object = Record<string, any>>(
  store: CasStore,
  id: string | null | undefined,
  options?: SaveOptions,
): Promise<Session<Data>>;

/** What the data of a session came from: to be kept beside the data, and given back to save it. */
export interface Origin {
  /** The stored text that the data came from. */
  readonly base: string;
}

/**
 * Saves the sessions of a framework that has session objects and ids of its own. Most programs
 * use `openSession`, or the middleware for Express and Hono.
 */
export class SessionSaver {
  constructor(store: CasStore, options?: SaveOptions);
  /** The data of a session, and what to keep beside it; null if there is none. */
  load(id: string): Promise<{ data: Record<string, any>; origin: Origin } | null>;
  /** Stores a session that was made, not loaded. If there is one under this id, `save` merges. */
  create(id: string, data: object): Promise<Origin>;
  /**
   * Stores the data, merged with what others stored since it was loaded. Answers what it should
   * hold from now on, or null if it is right as it is. Throws as `Session.save` does.
   */
  save(id: string, data: object, origin: Origin): Promise<Record<string, any> | null>;
  /** Lets the time to live start anew, unless the session is gone. */
  touch(id: string): Promise<void>;
  delete(id: string): Promise<void>;
}

/** A new id: 32 characters of a-z and 0-9 from the platform's random numbers, as Django's. */
export function newSessionId(): string;

/** Whether a text has the form of `newSessionId`. */
export function isSessionId(id: unknown): id is string;

/** Sessions in the memory of this process. */
export class MemoryStore implements CasStore<number> {
  load(id: string): Promise<Loaded<number> | null>;
  create(id: string, text: string, ttl: number): Promise<number | null>;
  swap(id: string, version: number, text: string, ttl: number): Promise<Outcome<number>>;
  remove(id: string, version: number): Promise<Outcome<number>>;
  delete(id: string): Promise<void>;
}

/** A store whose versions are texts. */
declare class TextVersions implements CasStore<string> {
  load(id: string): Promise<Loaded<string> | null>;
  create(id: string, text: string, ttl: number): Promise<string | null>;
  swap(id: string, version: string, text: string, ttl: number): Promise<Outcome<string>>;
  remove(id: string, version: string): Promise<Outcome<string>>;
  delete(id: string): Promise<void>;
}

/** Runs a Lua script with one key. */
export type Evaluate = (script: string, key: string, args: string[]) => Promise<unknown>;

export interface RedisOptions {
  /** What keys begin with: `session:`. */
  prefix?: string;
}

/** Sessions in Redis or Valkey, swapped by Lua scripts in one round trip. */
export class RedisStore extends TextVersions {
  constructor(evaluate: Evaluate, options?: RedisOptions);
}

/** Sessions behind a client of the package `ioredis`. */
export function ioredisStore(
  client: { eval(script: string, keys: number, ...rest: string[]): Promise<unknown> },
  options?: RedisOptions,
): RedisStore;

/** Sessions behind a client of the package `redis` (node-redis). */
export function nodeRedisStore(
  client: {
    eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  },
  options?: RedisOptions,
): RedisStore;

/** Sessions behind Upstash's REST interface. */
export function upstashStore(
  options: RedisOptions & { url: string; token: string; fetch?: typeof fetch },
): RedisStore;

/** Sessions in a table of Cloudflare D1, which `D1Store.schema()` is the migration for. */
export class D1Store extends TextVersions {
  constructor(db: { prepare(sql: string): any }, options?: { table?: string });
  static schema(table?: string): string;
  /** Deletes the sessions that have expired, and says how many. */
  deleteExpired(): Promise<number>;
}

/** Sessions as objects of Cloudflare R2: for sessions that are written less than once a second. */
export class R2Store extends TextVersions {
  constructor(
    bucket: {
      get(key: string): Promise<any>;
      put(key: string, text: string, options: any): Promise<any>;
      delete(key: string): Promise<void>;
    },
    options?: { prefix?: string },
  );
}

/** Sessions in Deno KV; larger ones than 64 KiB throw `SessionTooLargeError`. */
export class DenoKvStore extends TextVersions {
  constructor(
    kv: {
      get(key: any): Promise<any>;
      delete(key: any): Promise<void>;
      atomic(): any;
    },
    options?: { prefix?: readonly (string | number)[] },
  );
}

/** Sessions in Durable Objects of the class `SessionObject`, which merge on their own. */
export class DurableObjectStore extends TextVersions {
  constructor(namespace: { idFromName(name: string): any; get(id: any): any });
  merge(
    id: string,
    request: MergeRequest<string>,
  ): ReturnType<NonNullable<CasStore<string>["merge"]>>;
}

/** The Durable Object that holds one session: to be exported by the worker's main module. */
export class SessionObject {
  constructor(state: { storage: any });
  fetch(request: Request): Promise<Response>;
  alarm(): Promise<void>;
}

/** Runs one statement in autocommit and gives its rows. */
export type Query = (
  sql: string,
  parameters: string[],
) => PromiseLike<ArrayLike<any> | { rows: ArrayLike<any> }>;

export interface DjangoSessionOptions extends CodecOptions {
  /** `django_session` */
  table?: string;
  /** Django's `SESSION_COOKIE_AGE`: two weeks. */
  cookieAge?: number;
}

/** Django's own sessions in PostgreSQL, with Django's rules built in. */
export class DjangoSessionStore extends TextVersions {
  constructor(query: Query, options: DjangoSessionOptions);
  readonly format: Required<NonNullable<CasStore["format"]>>;
}

/** The session was deleted, has expired, or is somebody else's by now; nothing was stored. */
export class SessionGoneError extends Error {
  readonly name: "SessionGoneError";
  constructor();
}

/** Others were faster each time; nothing was stored, and the save may be tried again. */
export class SessionBusyError extends Error {
  readonly name: "SessionBusyError";
  readonly attempts: number;
  constructor(attempts: number);
}
