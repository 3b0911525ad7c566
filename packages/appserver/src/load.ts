// Measures how busy this process is, over every request of the application. If configured, server.ts adds a report of
// this load to every answer. The tier in front may also ask for the report alone (own-paths.ts), as the probes of the
// Prequal algorithm do.
import type { LoadMeter } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { FastifyInstance } from "fastify";

export function countLoad(server: FastifyInstance, meter: LoadMeter, clock: Clock): void {
  server.addHook("onRequest", (_request, reply, next) => {
    const rif = meter.begin();
    const from = clock.now();
    // The event "close" also comes when the client left before its answer was sent.
    reply.raw.once("close", () => meter.end(rif, clock.now() - from, reply.statusCode >= 500));
    next();
  });
}
