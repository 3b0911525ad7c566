// The application tier as a service that can be started, drained and stopped. A start opens the database, opens the
// session store, loads the application, and listens. A drain finishes the running requests before the database is
// closed.
import type { AddressInfo } from "node:net";
import type { Address, AppserverConfig, Config } from "@tandem/config";
import { certificateGroups } from "@tandem/config/certificate-groups";
import type { Readiness } from "@tandem/telemetry";
import {
  CertificateWatch,
  type Clock,
  cannotListen,
  refuseIfTaken,
  type Service,
} from "@tandem/transport";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { type Application, applicationFile } from "./application.ts";
import type { Connections } from "./connections.ts";
import type { AppContext } from "./context.ts";
import { type Database, ping } from "./database/database.ts";
import { type SchemaState, schemaState } from "./database/migrate.ts";
import { openDatabase } from "./database/open-database.ts";
import { isDatabaseAway } from "./database/unavailable.ts";
import { requestMetrics } from "./metrics.ts";
import { Dependencies, type Dependency } from "./readiness.ts";
import { register } from "./registration.ts";
import { createServer, type HostingServer } from "./server.ts";
import { deriveSecret, readSessionSecret } from "./sessions/secret.ts";
import { openSessions, type Sessions } from "./sessions/sessions.ts";
import { startStep } from "./start-step.ts";

const QUERY_TIMEOUT_MS = 5000;

export interface AppserverOptions {
  readonly config: Config;
  readonly box: string;
  /** The folder from which relative paths in `appserver.config` are resolved; by default the working directory. */
  readonly folder?: string;
  readonly application: Application;
  readonly logger: FastifyBaseLogger;
  readonly accessLog: { write(line: string): void };
  readonly registry: Registry;
  readonly clock: Clock;
  /** Whether the appserver starts even if another process listens on the same port. */
  readonly sharePorts?: boolean | undefined;
}

export interface Appserver extends Service {
  /** Returns the addresses where the tier listens, such as https://127.0.0.1:8091; empty until it has started. */
  addresses(): readonly string[];
  /**
   * Does every step of a start that can fail, except listening, so that a check can run these steps
   * without serving requests. Call `open` once, and call `stop` afterwards.
   */
  open(): Promise<unknown>;
}

/** Creates the appserver without opening anything. Throws at once when the configuration cannot work. */
export function createAppserver(options: AppserverOptions): Appserver {
  const { config, box } = options;
  const tier = config.appserver;
  if (tier === undefined) throw new Error("appserver: this section is missing from the file");
  const bind = config.cluster.boxes[box]?.appserver?.bind ?? tier.bind;
  if (bind === undefined) {
    throw new Error(
      `appserver.bind: no address for box ${box}; set cluster.boxes.${box}.appserver.bind or appserver.bind`,
    );
  }
  return new HostingService(options, tier, bind);
}

class HostingService implements Appserver {
  readonly name = "appserver";
  readonly #options: AppserverOptions;
  readonly #tier: AppserverConfig;
  readonly #bind: Address;
  /** The name of box and process, such as box1/app/4711. */
  readonly #identity: string;
  readonly #certificates: CertificateWatch;
  #database: Database | undefined;
  #sessions: Sessions | undefined;
  #server: FastifyInstance | undefined;
  #connections: Connections | undefined;
  #registering = false;
  #draining = false;

  constructor(options: AppserverOptions, tier: AppserverConfig, bind: Address) {
    this.#options = options;
    this.#tier = tier;
    this.#bind = bind;
    this.#certificates = new CertificateWatch(options.clock, options.logger);
    this.#identity = `${options.box}/app/${process.pid}`;
  }

  addresses(): readonly string[] {
    return addressesOf(this.#server, this.#tier.tls !== undefined);
  }

  async start(): Promise<void> {
    const { config, box } = this.#options;
    this.#certificates.look(
      certificateGroups(config, box).filter(({ path: [section] }) => section === "appserver"),
    );
    const server = await this.open();
    if (this.#options.sharePorts !== true) {
      await refuseIfTaken(this.#bind, true).catch((error: Error) => {
        throw new Error(`appserver.bind: ${error.message}`, { cause: error });
      });
    }
    await listen(server, this.#bind);
  }

  async open(): Promise<FastifyInstance> {
    const { application, logger, clock } = this.#options;
    const { sessions: config, database: where } = this.#tier;
    const secret = readSessionSecret(config.secretFile);
    const database = await openDatabase(where, { queryTimeoutMs: QUERY_TIMEOUT_MS, clock });
    this.#database = database;
    await refuseOldSchema(database, application, logger);
    const { kysely } = database;
    const sessions = await openSessions({ config, secret, database: kysely, clock, logger });
    this.#sessions = sessions;
    const dependencies = dependenciesOf(database, sessions, clock);
    const hosting = this.#createServer(dependencies);
    this.#server = hosting.fastify;
    this.#connections = hosting.connections;
    await this.#register(hosting, this.#context(database, sessions, secret));
    return hosting.fastify;
  }

  async drain(deadlineMs: number, replaced = false): Promise<void> {
    // A health check on an open connection must not take the box out while another process serves in its place.
    this.#draining = !replaced;
    await this.#connections?.drain(this.#options.clock, deadlineMs, replaced);
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#draining = true;
    this.#certificates.stop();
    this.#server?.server.closeAllConnections();
    // While plugins are still being registered, Fastify is not closed. Its `close` would wait until every plugin has
    // registered, and a plugin may never do so.
    if (!this.#registering) await this.#server?.close();
    await this.#sessions?.close();
    await this.#database?.close();
  }

  async #register(hosting: HostingServer, context: AppContext): Promise<void> {
    const { application, clock } = this.#options;
    const { app, bodyLimit } = this.#tier;
    this.#registering = true;
    const { done, pending } = register(hosting, application, { context, bodyLimit });
    const settled = (): void => {
      this.#registering = false;
    };
    done.then(settled, settled);
    const step = { file: applicationFile(app), clock, when: "while it registered", pending };
    await startStep({ ...step, ending: () => this.#draining }, () => done);
  }

  async #readiness(dependencies: Dependencies): Promise<Readiness> {
    if (!this.#draining) return dependencies.readiness();
    return { status: "fail", draining: true, output: "draining", checks: {} };
  }

  #createServer(dependencies: Dependencies): HostingServer {
    const { config, logger, accessLog, registry, clock } = this.#options;
    return createServer({
      config: this.#tier,
      logger,
      access: {
        write: (line) => accessLog.write(line),
        format: config.telemetry.log.accessFormat,
      },
      metrics: requestMetrics(registry),
      clock,
      identity: this.#identity,
      draining: () => this.#draining,
      readiness: () => this.#readiness(dependencies),
    });
  }

  #context(database: Database, sessions: Sessions, secret: string): AppContext {
    const { config, box, folder = process.cwd(), logger, clock } = this.#options;
    return {
      site: config.site,
      ...{ box, folder },
      servedBy: this.#tier.servedBy ? this.#identity : undefined,
      database: database.kysely,
      databaseKind: database.kind,
      sessions: sessions.plugin,
      config: this.#tier.config,
      logger,
      clock,
      secret: (purpose) => deriveSecret(secret, purpose),
    };
  }
}

function dependenciesOf(database: Database, sessions: Sessions, clock: Clock): Dependencies {
  const ask = (): Promise<void> => ping(database);
  const pages: Dependency = { kind: "database", where: database.where, away: "fail", ask };
  return new Dependencies(
    sessions.dependency === undefined ? [pages] : [pages, sessions.dependency],
    clock,
  );
}

async function listen(server: FastifyInstance, bind: Address): Promise<void> {
  try {
    // With SO_REUSEPORT a new process can be started on the same port while the old one still runs (an upgrade).
    const shared = { reusePort: process.platform === "linux" };
    await server.listen({ host: bind.host ?? "::", port: bind.port, ...shared });
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    if (syscall !== "listen") throw error;
    throw new Error(
      `appserver.bind: ${cannotListen(error as NodeJS.ErrnoException, bind).message}`,
    );
  }
}

/**
 * Throws when the database lacks migrations that the code has, because requests would fail. When the database cannot be
 * reached, the tier starts without this check.
 */
async function refuseOldSchema(
  database: Database,
  application: Application,
  logger: FastifyBaseLogger,
): Promise<void> {
  let state: SchemaState;
  try {
    state = await schemaState(database, application);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    logger.error({ err: error, database: database.where }, "database away: starting without it");
    return;
  }
  const { pending, ahead } = state;
  if (ahead.length > 0) {
    logger.warn({ database: database.where, ahead }, "the database was migrated by newer code");
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
