// Stands between a visitor's session and the database or Redis server that stores the session's
// record. Only a hash of each session id is stored, so a stolen table gives access to no session.
// When the database or Redis does not answer, SessionStoreError is thrown. So a visitor who is
// logged in is never treated as logged out.
import { createHash } from "node:crypto";
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger } from "fastify";
import { ClientLeftError } from "../client.ts";
import type { Dependency } from "../readiness.ts";

/**
 * Stores session records, in a database or in Redis. Keys are hashes; values are JSON; times are milliseconds since
 * 1970.
 */
export interface SessionRecords {
  /**
   * The Redis server, for readiness to ask. Absent when the records are in the site's database, because readiness asks
   * the database anyway.
   */
  readonly dependency?: Dependency;
  /** Returns the record; undefined when it is missing or has expired at `now`. */
  read(key: string, now: number): Promise<SessionRecord | undefined>;
  create(key: string, record: SessionRecord, now: number): Promise<void>;
  /**
   * Overwrites a record that still exists. A record that was removed meanwhile is not written again, because its
   * visitor has logged out.
   */
  replace(key: string, record: SessionRecord, now: number): Promise<void>;
  /** Sets a new expiry time for a record that still exists. */
  touch(key: string, expires: number, now: number): Promise<void>;
  remove(key: string): Promise<void>;
  /** Deletes records that expired before `now`. Resolves to the number of deleted records. */
  purge(now: number): Promise<number>;
  close(): Promise<void>;
}

export interface SessionRecord {
  readonly value: string;
  readonly expires: number;
}

/** A visitor's session as the store returns it. */
export interface StoredSession {
  /** When the session began, in milliseconds since 1970. A log-in begins a new session. */
  readonly began: number;
  /** The application's fields as JSON. */
  readonly fields: string;
}

/**
 * The error when the session store did not answer, so that it is unknown whether the visitor is logged in. Fastify
 * answers a request with this error with 503.
 */
export class SessionStoreError extends Error {
  readonly code = "TANDEM_SESSION_STORE_AWAY";
  readonly statusCode = 503;
  constructor(cause: unknown) {
    super("the session store does not answer", { cause });
  }
}

/** The largest size of a record in bytes: the size of a TEXT column in MySQL. SQLite and Redis get the same limit. */
const LARGEST_BYTES = 65_535;

/**
 * The expiry time of a session is written again only when this fraction of its idle time has passed. Writing at every
 * page would cost more than the extra precision is worth.
 */
const TOUCHED_AT = 0.1;

export interface SessionLifetime {
  /** How many milliseconds a session may be unused before it ends. */
  readonly idle: number;
  /** How many milliseconds after its beginning a session ends, even when it is in use. */
  readonly maxAge: number;
}

export interface StoreOptions {
  readonly records: SessionRecords;
  readonly limits: SessionLifetime;
  readonly clock: Pick<Clock, "wall">;
  readonly logger: FastifyBaseLogger;
}

export class SessionStore {
  readonly #records: SessionRecords;
  readonly #limits: SessionLifetime;
  readonly #clock: Pick<Clock, "wall">;
  readonly #logger: FastifyBaseLogger;
  #away = false;

  constructor({ records, limits, clock, logger }: StoreOptions) {
    this.#records = records;
    this.#limits = limits;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Reads the session under `id` and starts its idle time again. Undefined when the session does not exist or has
   * ended. Rejects with SessionStoreError when the store does not answer.
   */
  async load(id: string): Promise<StoredSession | undefined> {
    const now = this.#clock.wall();
    const key = recordKey(id);
    const record = await this.#noted(this.#records.read(key, now));
    if (record === undefined) return undefined;
    const session = parse(record.value);
    if (session === undefined || session.began + this.#limits.maxAge <= now) return undefined;
    this.#touch(key, session.began, record.expires, now);
    return session;
  }

  /**
   * Stores a session for the first time. Rejects when the session is too large. Rejects with SessionStoreError when the
   * store does not answer.
   */
  async create(id: string, session: StoredSession): Promise<void> {
    const now = this.#clock.wall();
    await this.#noted(this.#records.create(recordKey(id), this.#record(session, now), now));
  }

  /**
   * Stores changed fields, unless the session has ended meanwhile. Rejects when the fields are too large. Rejects with
   * SessionStoreError when the store does not answer.
   */
  async replace(id: string, session: StoredSession): Promise<void> {
    const now = this.#clock.wall();
    await this.#noted(this.#records.replace(recordKey(id), this.#record(session, now), now));
  }

  async remove(id: string): Promise<void> {
    await this.#noted(this.#records.remove(recordKey(id)));
  }

  #record(session: StoredSession, now: number): SessionRecord {
    const value = JSON.stringify(session);
    const bytes = Buffer.byteLength(value);
    if (bytes > LARGEST_BYTES) {
      throw new Error(
        `a session of ${bytes} bytes is too large, ${LARGEST_BYTES} fit; keep large things in the database and only their ids in the session`,
      );
    }
    return { value, expires: this.#expires(session.began, now) };
  }

  #expires(began: number, now: number): number {
    return Math.min(now + this.#limits.idle, began + this.#limits.maxAge);
  }

  /**
   * Writes the session's new expiry time if enough of the idle time has passed. The request does not wait for this
   * write, because if it fails, the session only ends a little earlier.
   */
  #touch(key: string, began: number, expires: number, now: number): void {
    const later = this.#expires(began, now);
    if (later - expires < this.#limits.idle * TOUCHED_AT) return;
    this.#noted(this.#records.touch(key, later, now)).catch(() => undefined);
  }

  /** Logs one line when the store goes away and one line when it is back, however many requests fail meanwhile. */
  async #noted<T>(answer: Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await answer;
    } catch (error) {
      // The client disconnected before the store was asked. So this error says nothing about the store.
      if (error instanceof ClientLeftError) throw error;
      if (!this.#away)
        this.#logger.error(
          { err: error },
          "session store away: until it is back no visitor can log in, and pages treat every visitor as not logged in",
        );
      this.#away = true;
      throw new SessionStoreError(error);
    }
    if (this.#away) this.#logger.info({}, "session store is back");
    this.#away = false;
    return result;
  }
}

/** Returns the key of a session's record: a hash of the session's id. */
function recordKey(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

/**
 * Parses a stored value. Returns undefined when the value is no session, for example because an older release or
 * another program wrote it.
 */
function parse(value: string): StoredSession | undefined {
  try {
    const { began, fields } = JSON.parse(value) as Partial<StoredSession>;
    return typeof began === "number" && typeof fields === "string" ? { began, fields } : undefined;
  } catch {
    return undefined;
  }
}
