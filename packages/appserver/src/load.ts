// Measures how busy this process is, over every request of the application. If it is configured, the load report goes
// into every answer (server.ts). A neighbour tier may also request the report, as Prequal's probes do (own-paths.ts).
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
