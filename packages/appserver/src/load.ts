// How busy this process is, measured over every request of the application. The report goes into every answer if
// configured (server.ts), and to a neighbour tier that requests it, as Prequal's probes do (own-paths.ts).
import type { LoadMeter } from "@tandem/telemetry";
import type { Clock } from "@tandem/transport";
import type { FastifyInstance } from "fastify";

export function countLoad(server: FastifyInstance, meter: LoadMeter, clock: Clock): void {
  server.addHook("onRequest", (_request, reply, next) => {
    const rif = meter.begin();
    const from = clock.now();
    // "close" comes also when the client left before its answer was sent.
    reply.raw.once("close", () => meter.end(rif, clock.now() - from, reply.statusCode >= 500));
    next();
  });
}
