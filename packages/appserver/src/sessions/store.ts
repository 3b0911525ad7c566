// The layer between a visitor's session and the place where its record is stored. It makes two promises. The place
// gets only a hash of each id, so a stolen table gives access to no session. When the place does not answer, the error
// has a class of its own, and the visitor never counts as "not logged in".
import { createHash } from "node:crypto";
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger } from "fastify";
import { ClientLeftError } from "../client.ts";
import type { Dependency } from "../readiness.ts";

/**
 * A place where session records are stored: a database or Redis. Keys are hashes; values are JSON; times are
 * milliseconds since 1970.
 */
export interface SessionRecords {
  /** The service that readiness asks. Absent for the site's database, because readiness asks the database anyway. */
  readonly dependency?: Dependency;
  /** Returns the record; undefined when it is missing or has expired at `now`. */
  read(key: string, now: number): Promise<SessionRecord | undefined>;
  create(key: string, record: SessionRecord, now: number): Promise<void>;
  /**
   * Overwrites a record that still exists. When the record has been removed meanwhile, it is not written again,
   * because its visitor has logged out.
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

/** A session as it was stored. */
export interface StoredSession {
  /** When the visitor logged in. */
  readonly began: number;
  /** The application's fields as JSON. */
  readonly fields: string;
}

/**
 * The error when the session store did not answer, so that the visitor is unknown. Fastify answers this error with
 * 503.
 */
export class SessionStoreError extends Error {
  readonly code = "TANDEM_SESSION_STORE_AWAY";
  readonly statusCode = 503;
  constructor(cause: unknown) {
    super("the session store does not answer", { cause });
  }
}

/** The largest size of a record: the size of a TEXT column in MySQL. All places have this limit. */
const LARGEST_BYTES = 65_535;

/**
 * A session is touched (its expiry time is moved) only when this part of its idle time has passed. Touching it at
 * every page would cost more than the extra precision is worth.
 */
const TOUCHED_AT = 0.1;

export interface SessionLifetime {
  /** How many milliseconds a session may be unused before it ends. */
  readonly idle: number;
  /** How many milliseconds after the log-in a session ends, even when it is in use. */
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

  /** Reads the session under `id` and starts its idle time again. Rejects with SessionStoreError. */
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

  /** Stores a session for the first time. Rejects when the session is too large, or with SessionStoreError. */
  async create(id: string, session: StoredSession): Promise<void> {
    const now = this.#clock.wall();
    await this.#noted(this.#records.create(recordKey(id), this.#record(session, now), now));
  }

  /**
   * Stores changed fields, unless the session has ended meanwhile. Rejects when they are too large, or with
   * SessionStoreError.
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
   * Touches a session. The request does not wait for this: if the touch fails, the session only ends a little earlier.
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
      // The store was not asked, because the client left. So this error says nothing about the store.
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

/** Returns the key under which a session is stored. */
function recordKey(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

/**
 * Parses a stored value. Undefined when an older release or another program wrote the value, so that it is no session.
 */
function parse(value: string): StoredSession | undefined {
  try {
    const { began, fields } = JSON.parse(value) as Partial<StoredSession>;
    return typeof began === "number" && typeof fields === "string" ? { began, fields } : undefined;
  } catch {
    return undefined;
  }
}
