// Cookies and sessions as one Fastify plugin. The `__Host-` prefix makes browsers accept the cookie
// only over https, only for this host and only with path / (RFC 6265bis §4.1.3.2).
import { fastifyCookie } from "@fastify/cookie";
import { fastifySession } from "@fastify/session";
import type { AppserverConfig } from "@tandem/config";
import type { Clock } from "@tandem/transport";
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from "fastify";
import type { Kysely } from "kysely";
import { databaseRecords } from "./database-store.ts";
import { redisRecords } from "./redis-store.ts";
import { type SessionRecords, sessionStore } from "./store.ts";

/**
 * The session cookie's name. To log in: `await session.regenerate()`, then set fields; to log out:
 * `await session.destroy()`, then clear this cookie with path / and `secure`.
 */
export const SESSION_COOKIE = "__Host-session";

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
  close(): Promise<void>;
}

/** Opens the configured store and purges it from time to time until closed. */
export function openSessions(options: SessionsOptions): Sessions {
  const { config, secret, clock, logger } = options;
  const records = openRecords(options);
  const store = sessionStore({ records, maxAgeMs: config.maxAge, clock, logger });
  const purge = clock.every(PURGE_EVERY_MS, () => {
    records
      .purge(clock.wall())
      .catch((error: unknown) => logger.warn({ err: error }, "expired sessions stay for now"));
  });
  const plugin = async (fastify: FastifyInstance): Promise<void> => {
    await fastify.register(fastifyCookie);
    await fastify.register(fastifySession, {
      secret,
      store,
      cookieName: SESSION_COOKIE,
      cookie: { secure: true, httpOnly: true, sameSite: "lax", path: "/", maxAge: config.maxAge },
      saveUninitialized: false,
      rolling: false,
    });
  };
  return {
    // Fastify's mark for "not encapsulated": the application's own scope gets the hooks.
    plugin: Object.assign(plugin, { [Symbol.for("skip-override")]: true }),
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
