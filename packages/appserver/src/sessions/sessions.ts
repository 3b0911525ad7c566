// Opens the configured session store, and regularly deletes expired sessions from the store.
import type { AppserverConfig } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger, FastifyPluginAsync } from "fastify";
import type { Kysely } from "kysely";
import type { Dependency } from "../readiness.ts";
import { databaseRecords } from "./database-store.ts";
import { sessionPlugin } from "./plugin.ts";
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
  /** The Redis server that the sessions depend on. Undefined when sessions are in the site's database. */
  readonly dependency: Dependency | undefined;
  close(): Promise<void>;
}

/**
 * Opens the store without waiting for Redis. When a file of the Redis connection cannot be read, rejects with an error
 * that names the setting.
 */
export async function openSessions(options: SessionsOptions): Promise<Sessions> {
  const { config, secret, clock, logger } = options;
  const { idle, maxAge } = config;
  const records = await openRecords(options);
  const store = new SessionStore({ records, limits: { idle, maxAge }, clock, logger });
  const purge = clock.every(PURGE_EVERY_MS, () => {
    records
      .purge(clock.wall())
      .catch((error: unknown) =>
        logger.warn(
          { err: error },
          "expired sessions could not be deleted; they are tried again later",
        ),
      );
  });
  return {
    dependency: records.dependency,
    plugin: sessionPlugin({ store, secret, maxAge, clock }),
    async close() {
      purge.cancel();
      await records.close();
    },
  };
}

/** Loads the client of Redis only where it is used. */
async function openRecords(options: SessionsOptions): Promise<SessionRecords> {
  const { config, database, logger } = options;
  if (config.store === "redis" && config.redis !== undefined) {
    const { redisRecords } = await import("./redis-store.ts");
    return redisRecords(config.redis, logger);
  }
  return databaseRecords(database);
}
