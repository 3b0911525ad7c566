// The application tier as a Service: opens the database, loads sessions and the application, listens,
// and on the way down finishes what runs before it lets go of the database.
import type { AddressInfo } from "node:net";
import type { Address, Config } from "@tandem/config";
import type { Clock, Service } from "@tandem/transport";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { Application } from "./application.ts";
import { type Database, openDatabase, ping } from "./database/database.ts";
import { pendingMigrations } from "./database/migrate.ts";
import { isDatabaseAway } from "./database/unavailable.ts";
import { requestMetrics } from "./metrics.ts";
import { createServer } from "./server.ts";
import { deriveSecret, readSessionSecret } from "./sessions/secret.ts";
import { openSessions, type Sessions } from "./sessions/sessions.ts";

const QUERY_TIMEOUT_MS = 5000;

export interface AppserverOptions {
  readonly config: Config;
  readonly box: string;
  readonly application: Application;
  readonly logger: FastifyBaseLogger;
  readonly accessLog: { write(line: string): void };
  readonly registry: Registry;
  readonly clock: Clock;
}

export interface Appserver extends Service {
  /** Such as https://127.0.0.1:8091; empty until started. */
  addresses(): readonly string[];
}

/** Wires the tier. Throws at once when the configuration cannot work; nothing is opened before `start`. */
export function createAppserver(options: AppserverOptions): Appserver {
  const { config, box, application, logger, clock } = options;
  const tier = config.appserver;
  if (tier === undefined) throw new Error("appserver: this section is missing from the file");
  const bind = config.cluster.boxes[box]?.appserver?.bind ?? tier.bind;
  if (bind === undefined) {
    throw new Error(
      `appserver.bind: no address for box ${box}; set cluster.boxes.${box}.appserver.bind or appserver.bind`,
    );
  }
  const identity = `${box}/app/${process.pid}`;
  const opened: { server?: FastifyInstance; database?: Database; sessions?: Sessions } = {};
  let draining = false;

  const open = async (): Promise<FastifyInstance> => {
    const secret = readSessionSecret(tier.sessions.secretFile);
    const database = openDatabase(tier.database, { queryTimeoutMs: QUERY_TIMEOUT_MS });
    opened.database = database;
    await refuseOldSchema(database, application, logger);
    const sessions = openSessions({
      config: tier.sessions,
      secret,
      database: database.kysely,
      clock,
      logger,
    });
    opened.sessions = sessions;
    const server = createServer({
      config: tier,
      logger,
      access: {
        write: (line) => options.accessLog.write(line),
        format: config.telemetry.log.accessFormat,
      },
      metrics: requestMetrics(options.registry),
      clock,
      identity,
      draining: () => draining,
      databaseReady: () => ping(database),
    });
    opened.server = server;
    await server.register((scope) =>
      application.app(scope, {
        site: config.site,
        box,
        servedBy: tier.servedBy ? identity : undefined,
        database: database.kysely,
        databaseKind: database.kind,
        sessions: sessions.plugin,
        config: tier.config,
        logger,
        clock,
        secret: (purpose) => deriveSecret(secret, purpose),
      }),
    );
    return server;
  };

  const stop = async (): Promise<void> => {
    draining = true;
    const { server, sessions, database } = opened;
    server?.server.closeAllConnections();
    await server?.close();
    await sessions?.close();
    await database?.close();
  };

  return {
    name: "appserver",
    addresses: () => addressesOf(opened.server, tier.tls !== undefined),
    async start() {
      const server = await open();
      await listen(server, bind);
    },
    async drain(deadlineMs) {
      draining = true;
      // Idle connections close now, busy ones after their answer; what is left at the deadline is cut.
      const cut = clock.after(deadlineMs, () => opened.server?.server.closeAllConnections());
      await opened.server?.close();
      cut.cancel();
      await stop();
    },
    stop,
  };
}

async function listen(server: FastifyInstance, bind: Address): Promise<void> {
  try {
    await server.listen({ host: bind.host ?? "::", port: bind.port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EADDRNOTAVAIL" && code !== "EACCES") throw error;
    throw new Error(
      `appserver.bind: cannot listen on ${bind.host ?? "*"}:${bind.port} (${code}); is another process there, or the address not this machine's?`,
    );
  }
}

/** Old tables answer new code with errors, so better not to start. A database that is away proves nothing. */
async function refuseOldSchema(
  database: Database,
  application: Application,
  logger: FastifyBaseLogger,
): Promise<void> {
  let pending: readonly string[];
  try {
    pending = await pendingMigrations(database, application);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    logger.error({ err: error, database: database.where }, "database away: starting without it");
    return;
  }
  if (pending.length === 0) return;
  throw new Error(
    `${database.where} lacks ${pending.length} migration(s): ${pending.join(", ")}; run 'tandem-appserver migrate --config FILE' (or 'tandem prepare')`,
  );
}

function addressesOf(server: FastifyInstance | undefined, tls: boolean): readonly string[] {
  const address = server?.server.address() as AddressInfo | string | null | undefined;
  if (address === null || address === undefined || typeof address === "string") return [];
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return [`${tls ? "https" : "http"}://${host}:${address.port}`];
}
