// How busy this process is, for balancers: counted for every request, told in every answer when configured,
// and to whoever asks for it directly (Prequal's probes).
import type { AppserverConfig } from "@tandem/config";
import { LOAD_FIELD, LOAD_PATH, LoadMeter } from "@tandem/telemetry";
import { type Clock, plainAddress } from "@tandem/transport";
import type { FastifyInstance, FastifyRequest } from "fastify";

export interface LoadOptions {
  readonly config: Pick<AppserverConfig, "tls">;
  readonly clock: Clock;
}

/** Counts from now on, and answers who may ask; what the answers say is the caller's to add. */
export function addLoad(
  server: FastifyInstance,
  { config, clock }: LoadOptions,
  trusts: (address: string) => boolean,
): LoadMeter {
  const meter = new LoadMeter(() => clock.now());
  server.addHook("onRequest", (request, reply, next) => {
    if (request.routeOptions.config.quiet !== true) {
      const rif = meter.begin();
      const from = clock.now();
      // Also when the client left before its answer was sent.
      reply.raw.once("close", () => meter.end(rif, clock.now() - from, reply.statusCode >= 500));
    }
    next();
  });
  // A client's question has come through a proxy, which says so.
  const direct = ({ headers, socket }: FastifyRequest): boolean =>
    (config.tls !== undefined || trusts(plainAddress(socket.remoteAddress))) &&
    headers.via === undefined &&
    headers["x-forwarded-for"] === undefined;
  const quiet = { config: { quiet: true }, logLevel: "silent" } as const;
  server.get(LOAD_PATH, quiet, (request, reply) => {
    if (!direct(request)) return reply.callNotFound();
    reply.header("cache-control", "no-store").header(LOAD_FIELD, meter.report());
    return reply.code(204).send();
  });
  return meter;
}
