// `request.ip` as every tier understands it: the client's bare address, past the proxies in `trustProxy`. Fastify's
// own hands out what X-Forwarded-For says, ports, brackets and garbage included, and one client under two names
// is two clients to whoever counts them.
import { clientAddress, plainAddress } from "@tandem/transport";
import type { FastifyInstance } from "fastify";

/** Call it before any hook that asks for `request.ip`. */
export function addClientAddress(
  server: FastifyInstance,
  trusts: (address: string) => boolean,
): void {
  server.addHook("onRequest", (request, _reply, next) => {
    const peer = plainAddress(request.socket.remoteAddress);
    const { "x-forwarded-for": forwarded = [] } = request.headers; // several lines are joined already
    const value = clientAddress(
      peer,
      typeof forwarded === "string" ? [forwarded] : forwarded,
      trusts,
    );
    Object.defineProperty(request, "ip", { value, enumerable: true });
    next();
  });
}
