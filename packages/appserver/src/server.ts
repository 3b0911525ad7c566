// The Fastify instance around an application: ids, access lines, counters and health.
import { randomUUID } from "node:crypto";
import type { AppserverConfig } from "@tandem/config";
import { LOAD_FIELD } from "@tandem/telemetry";
import { type Clock, networkMatcher } from "@tandem/transport";
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from "fastify";
import { type AccessFormat, accessLine, requestId } from "./access-log.ts";
import { addClients } from "./client.ts";
import { addClientAddress } from "./client-address.ts";
import { Connections } from "./connections.ts";
import { addErrorAnswer } from "./error-answer.ts";
import { createListener } from "./listener.ts";
import { addLoad } from "./load.ts";
import type { RequestMetrics } from "./metrics.ts";
import { refuseClient } from "./refusal.ts";

export interface ServerOptions {
  readonly config: AppserverConfig;
  readonly logger: FastifyBaseLogger;
  readonly access: { write(line: string): void; readonly format: AccessFormat };
  readonly metrics: RequestMetrics;
  readonly clock: Clock;
  /** Box and process, such as box1/app/4711. */
  readonly identity: string;
  draining(): boolean;
  /** Rejects while the database does not answer. */
  databaseReady(): Promise<void>;
}

/** Where health answers: liveness, asked by the webserver, and readiness, asked by people and monitoring. */
const HEALTH = "/healthz";
const READY = "/readyz";

export interface HostingServer {
  readonly fastify: FastifyInstance;
  readonly connections: Connections;
  /** The fields each answer has besides the application's. */
  ownFields(): Readonly<Record<string, string>>;
}

export function createServer(options: ServerOptions): HostingServer {
  const { config } = options;
  let connections: Connections | undefined;
  const server = fastify({
    loggerInstance: options.logger,
    // Access lines are written by this file, one a request instead of two.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    bodyLimit: config.bodyLimit,
    clientErrorHandler: (error, socket) => refuseClient(error, socket, options.clock),
    genReqId: (request) => requestId(request.headers) ?? randomUUID(),
    routerOptions: { maxParamLength: 128 },
    // A request that reaches a draining process over a kept connection is still answered.
    return503OnClosing: false,
    serverFactory: (handler) => {
      const listener = createListener(handler, config);
      connections = new Connections(listener, config.tls !== undefined);
      return listener;
    },
  });
  if (connections === undefined) throw new Error("Fastify made no server");
  const trusts = networkMatcher(config.trustProxy);
  addClientAddress(server, trusts);
  const meter = addLoad(server, options, trusts);
  const ownFields = (): Readonly<Record<string, string>> => ({
    ...(config.servedBy ? { "x-served-by": options.identity } : {}),
    ...(config.loadReport ? { [LOAD_FIELD]: meter.recent() } : {}),
  });
  addClients(server);
  server.addHook("onSend", (_request, reply, payload, next) => {
    for (const [name, value] of Object.entries(ownFields())) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    next(null, payload);
  });
  addErrorAnswer(server);
  addObservation(server, options);
  addHealth(server, options);
  return { fastify: server, connections, ownFields };
}

function addObservation(server: FastifyInstance, options: ServerOptions): void {
  const { access, metrics, clock, identity } = options;
  const observe = (request: FastifyRequest, reply: FastifyReply, left: boolean): void => {
    if (request.routeOptions.config.quiet === true) return;
    const ms = reply.elapsedTime;
    const length = Number(reply.getHeader("content-length"));
    const status = left ? 499 : reply.statusCode;
    metrics.observe(status, ms);
    access.write(
      accessLine(
        {
          client: request.ip,
          began: clock.wall() - ms,
          server: identity,
          id: request.id,
          ms,
          status,
          bytes: Number.isFinite(length) ? length : undefined,
          state: left ? "CD" : "--",
          method: request.method,
          url: request.url,
        },
        access.format,
      ),
    );
  };
  // Written down once: as aborted when the client left first, whatever comes of the request later.
  const aborted = new WeakSet<FastifyReply>();
  server.addHook("onRequest", (request, reply, next) => {
    reply.raw.once("close", () => {
      if (reply.raw.writableFinished) return;
      aborted.add(reply);
      observe(request, reply, true);
    });
    next();
  });
  server.addHook("onResponse", (request, reply, next) => {
    if (!aborted.has(reply)) observe(request, reply, false);
    next();
  });
}

function addHealth(server: FastifyInstance, options: ServerOptions): void {
  const quiet = { config: { quiet: true }, logLevel: "silent" } as const;
  server.get(HEALTH, quiet, (_request, reply) =>
    options.draining()
      ? reply.code(503).send({ status: "draining" })
      : reply.send({ status: "up", server: options.identity }),
  );
  server.get(READY, quiet, async (_request, reply) => {
    if (options.draining()) return reply.code(503).send({ status: "draining" });
    try {
      await options.databaseReady();
      return await reply.send({ status: "ready" });
    } catch {
      return reply.code(503).header("retry-after", "2").send({ status: "database away" });
    }
  });
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Neither logged nor counted. */
    quiet?: boolean;
  }
}
