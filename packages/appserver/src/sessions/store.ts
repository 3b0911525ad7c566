// What lies between a visitor's session and the place where its record is kept. Two promises are made here: the
// place sees only a hash of each id, so a leaked table opens no session; and a place that cannot answer is an
// error with a name of its own, never "not logged in".
import { createHash } from "node:crypto";
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger } from "fastify";
import { ClientLeftError } from "../client.ts";
import type { Need } from "../readiness.ts";

/** A place for session records. Keys are hashes; values are JSON; times are milliseconds since 1970. */
export interface SessionRecords {
  /** What readiness asks; absent when it asks the database anyway. */
  readonly need?: Need;
  /** The record, unless it is missing or expired at `now`. */
  read(key: string, now: number): Promise<SessionRecord | undefined>;
  create(key: string, record: SessionRecord, now: number): Promise<void>;
  /** Writes a record that is still there. One that was removed meanwhile stays away: its visitor has logged out. */
  replace(key: string, record: SessionRecord, now: number): Promise<void>;
  /** Moves the end of a record that is still there. */
  touch(key: string, expires: number, now: number): Promise<void>;
  remove(key: string): Promise<void>;
  /** Deletes what expired before `now`; resolves to how many. */
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

/** The session store gave no answer: who is asking is not known. Fastify answers it with 503. */
export class SessionStoreError extends Error {
  readonly code = "TANDEM_SESSION_STORE_AWAY";
  readonly statusCode = 503;
  constructor(cause: unknown) {
    super("the session store does not answer", { cause });
  }
}

/** A TEXT column of MySQL ends here, and the other places keep to the same. */
const LARGEST_BYTES = 65_535;

/** A session is touched when this part of its idle time has passed: writing at every page would cost more than it tells. */
const TOUCHED_AT = 0.1;

export interface SessionLimits {
  /** Unused for this long, a session ends. */
  readonly idle: number;
  /** This long after the log-in it ends, used or not. */
  readonly maxAge: number;
}

export interface StoreOptions {
  readonly records: SessionRecords;
  readonly limits: SessionLimits;
  readonly clock: Pick<Clock, "wall">;
  readonly logger: FastifyBaseLogger;
}

export class SessionStore {
  readonly #records: SessionRecords;
  readonly #limits: SessionLimits;
  readonly #clock: Pick<Clock, "wall">;
  readonly #logger: FastifyBaseLogger;
  #away = false;

  constructor({ records, limits, clock, logger }: StoreOptions) {
    this.#records = records;
    this.#limits = limits;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The session under `id`, whose idle time begins anew. Rejects with SessionStoreError. */
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

  /** Keeps a session that was not stored before. Rejects when it is too large, or with SessionStoreError. */
  async create(id: string, session: StoredSession): Promise<void> {
    const now = this.#clock.wall();
    await this.#noted(this.#records.create(recordKey(id), this.#record(session, now), now));
  }

  /** Keeps what has changed, unless the session has ended meanwhile. Rejects as `create` does. */
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

  /** The request does not wait for it: a touch that fails costs a part of the idle time. */
  #touch(key: string, began: number, expires: number, now: number): void {
    const later = this.#expires(began, now);
    if (later - expires < this.#limits.idle * TOUCHED_AT) return;
    this.#noted(this.#records.touch(key, later, now)).catch(() => undefined);
  }

  /** One line when the store goes away and one when it is back, however many requests notice. */
  async #noted<T>(answer: Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await answer;
    } catch (error) {
      // The store was not asked: there is nothing to say about it.
      if (error instanceof ClientLeftError) throw error;
      if (!this.#away)
        this.#logger.error(
          { err: error },
          "session store away: until it is back no visitor can log in, and pages treat all as strangers",
        );
      this.#away = true;
      throw new SessionStoreError(error);
    }
    if (this.#away) this.#logger.info({}, "session store is back");
    this.#away = false;
    return result;
  }
}

/** The key under which a session is kept. */
function recordKey(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

/** What an older release or another program left is no session. */
function parse(value: string): StoredSession | undefined {
  try {
    const { began, fields } = JSON.parse(value) as Partial<StoredSession>;
    return typeof began === "number" && typeof fields === "string" ? { began, fields } : undefined;
  } catch {
    return undefined;
  }
}
