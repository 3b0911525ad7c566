// Opens the configured place for sessions, and throws out of it what has expired.
import type { AppserverConfig } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger, FastifyPluginAsync } from "fastify";
import type { Kysely } from "kysely";
import type { Need } from "../readiness.ts";
import { databaseRecords } from "./database-store.ts";
import { sessionPlugin } from "./plugin.ts";
import { redisRecords } from "./redis-store.ts";
import { type SessionRecords, SessionStore } from "./store.ts";

const PURGE_EVERY_MS = 10 * 60_000;

export interface SessionsOptions {
  readonly config: AppserverConfig["sessions"];
  readonly secret: string;
  readonly database: Kysely<unknown>;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
}

export interface Sessions {
  readonly plugin: FastifyPluginAsync;
  /** The place that sessions are kept in, unless it is the database. */
  readonly need: Need | undefined;
  close(): Promise<void>;
}

/** Throws naming the key when a file of the Redis connection cannot be read. Nothing waits for Redis. */
export function openSessions(options: SessionsOptions): Sessions {
  const { config, secret, clock, logger } = options;
  const { idle, maxAge } = config;
  const records = openRecords(options);
  const store = new SessionStore({ records, limits: { idle, maxAge }, clock, logger });
  const purge = clock.every(PURGE_EVERY_MS, () => {
    records
      .purge(clock.wall())
      .catch((error: unknown) => logger.warn({ err: error }, "expired sessions stay for now"));
  });
  return {
    need: records.need,
    plugin: sessionPlugin({ store, secret, maxAge, clock }),
    async close() {
      purge.cancel();
      await records.close();
    },
  };
}

function openRecords({ config, database, logger }: SessionsOptions): SessionRecords {
  if (config.store === "redis" && config.redis !== undefined) {
    return redisRecords(config.redis, logger);
  }
  return databaseRecords(database);
}
