// Joins @fastify/session to wherever session records are kept. Two promises are made here: the place
// sees only a hash of each id, so a leaked table opens no session; and a place that is away reads as
// "nobody is logged in", while writing to it fails.
import { createHash } from "node:crypto";
import type fastifySession from "@fastify/session";
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger, Session } from "fastify";

/** A place for session records. Keys are hashes; values are JSON. */
export interface SessionRecords {
  /** The record, unless it is missing or expired at `now`. */
  read(key: string, now: number): Promise<string | undefined>;
  write(key: string, value: string, expires: number, now: number): Promise<void>;
  remove(key: string): Promise<void>;
  /** Deletes what expired before `now`; resolves to how many. */
  purge(now: number): Promise<number>;
  close(): Promise<void>;
}

/** The key under which a session is kept. */
export function recordKey(sessionId: string): string {
  return createHash("sha256").update(sessionId).digest("hex");
}

export interface StoreOptions {
  readonly records: SessionRecords;
  readonly maxAgeMs: number;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
}

export function sessionStore(options: StoreOptions): fastifySession.SessionStore {
  const { records, clock, maxAgeMs } = options;
  const outage = outageLog(options.logger);
  return {
    get(id, callback) {
      const found = records.read(recordKey(id), clock.wall()).then(parse);
      found.then(
        (session) => {
          outage.over();
          callback(null, session);
        },
        (error: unknown) => {
          outage.on(error);
          // Empty but under its own id: the visitor counts as logged out, yet the cookie is not taken
          // from them, so they are logged in again once the store is back.
          callback(null, { cookie: { originalMaxAge: maxAgeMs } } as Session);
        },
      );
    },
    set(id, session, callback) {
      const now = clock.wall();
      const expires = session.cookie.expires?.getTime() ?? now + maxAgeMs;
      const written = records.write(recordKey(id), JSON.stringify(session), expires, now);
      written.then(() => callback(), callback);
    },
    destroy(id, callback) {
      records.remove(recordKey(id)).then(() => callback(), callback);
    },
  };
}

function parse(value: string | undefined): Session | null {
  return value === undefined ? null : (JSON.parse(value) as Session);
}

/** One line when the store goes away and one when it is back, however many requests notice. */
function outageLog(logger: FastifyBaseLogger): { on(error: unknown): void; over(): void } {
  let away = false;
  return {
    on(error) {
      if (away) return;
      away = true;
      logger.error(
        { err: error },
        "session store away: visitors count as logged out until it is back",
      );
    },
    over() {
      if (!away) return;
      away = false;
      logger.info({}, "session store is back");
    },
  };
}
