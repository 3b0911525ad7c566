// The Fastify instance that hosts an application. It adds request ids, access lines, metrics, and the tier's own
// paths.
import { randomUUID } from "node:crypto";
import type { AppserverConfig } from "@tandem/config";
import { LOAD_FIELD, LoadMeter, type Readiness } from "@tandem/telemetry";
import {
  type Clock,
  logRefusal,
  networkMatcher,
  RefusalLog,
  type RefusedConnection,
} from "@tandem/transport";
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
import { addClientAddress, setClientAddress } from "./client-address.ts";
import { Connections } from "./connections.ts";
import { addErrorAnswer, answerBadAddress } from "./error-answer.ts";
import { createListener } from "./listener.ts";
import { countLoad } from "./load.ts";
import type { RequestMetrics } from "./metrics.ts";
import { ownPaths } from "./own-paths.ts";
import { refuseClient } from "./refusal.ts";

export interface ServerOptions {
  readonly config: AppserverConfig;
  readonly logger: FastifyBaseLogger;
  readonly access: { write(line: string): void; readonly format: AccessFormat };
  readonly metrics: RequestMetrics;
  readonly clock: Clock;
  /** The name of box and process, such as box1/app/4711. */
  readonly identity: string;
  draining(): boolean;
  /** Returns the tier's readiness now. */
  readiness(): Promise<Readiness>;
}

export interface HostingServer {
  readonly fastify: FastifyInstance;
  readonly connections: Connections;
  /** Returns the header fields that the tier adds to each answer. */
  ownFields(): Readonly<Record<string, string>>;
}

export function createServer(options: ServerOptions): HostingServer {
  const { config } = options;
  const trusts = networkMatcher(config.trustProxy);
  const meter = new LoadMeter(() => options.clock.now());
  const load = () => meter.report();
  const observe = observer(options);
  let connections: Connections | undefined;
  const server = fastify({
    loggerInstance: options.logger,
    // Fastify's own request log is off, because it writes two lines for each request. This file writes one access line
    // instead.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    bodyLimit: config.bodyLimit,
    // Fastify's own time limit is switched off. Instead start-step.ts limits the time of an application's start, with
    // an error that names the application's file.
    pluginTimeout: 0,
    clientErrorHandler: (error, socket) => refuseClient(error, socket, options.clock),
    genReqId: (request) => requestId(request.headers) ?? randomUUID(),
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: ({ statusCode = 400 }, request, reply) => {
      setClientAddress(request, trusts);
      reply.raw.once("close", () => observe(request, reply, !reply.raw.writableFinished));
      answerBadAddress(statusCode, request, reply.headers(ownFields()));
    },
    // Fastify is told not to answer 503 while it closes, because a draining process still answers requests on open
    // connections.
    return503OnClosing: false,
    serverFactory: (handler) => {
      const own = ownPaths(handler, { ...options, tls: config.tls !== undefined, trusts, load });
      const refusals = new RefusalLog<RefusedConnection>(options.clock, (refused, unsaid) =>
        logRefusal(options.logger, refused, unsaid),
      );
      const listener = createListener(own, config, refusals.tell);
      connections = new Connections(listener, config.tls !== undefined);
      return listener;
    },
  });
  if (connections === undefined) throw new Error("Fastify made no server");
  addClientAddress(server, trusts);
  countLoad(server, meter, options.clock);
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
  addObservation(server, observe);
  return { fastify: server, connections, ownFields };
}

/** Called for each request that has ended. `left` is true when the client left before the answer was written. */
type Observe = (request: FastifyRequest, reply: FastifyReply, left: boolean) => void;

function observer({ access, metrics, clock, identity }: ServerOptions): Observe {
  return (request, reply, left) => {
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
}

function addObservation(server: FastifyInstance, observe: Observe): void {
  // The answers whose client disconnected. Their access line was written at that moment, so no
  // second line is written when the handler finishes.
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
