// `request.ip` as every tier understands it: the client's bare address, past the proxies in `trustProxy`. Fastify's
// own hands out what X-Forwarded-For says, ports, brackets and garbage included, and a rate limit counts one client
// under two names as two.
import { clientAddress, plainAddress } from "@tandem/transport";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { keepKnownScheme } from "./client-scheme.ts";

/** Call it before any hook that asks for `request.ip`. */
export function addClientAddress(
  server: FastifyInstance,
  trusts: (address: string) => boolean,
): void {
  server.addHook("onRequest", (request, _reply, next) => {
    setClientAddress(request, trusts);
    next();
  });
}

/** For a request that reaches no hook. Its scheme is set right too, which Fastify and node handlers take from the head. */
export function setClientAddress(
  request: FastifyRequest,
  trusts: (address: string) => boolean,
): void {
  keepKnownScheme(request.raw.headers);
  const peer = plainAddress(request.socket.remoteAddress);
  const { "x-forwarded-for": forwarded = [] } = request.headers; // several lines are joined already
  const lines = typeof forwarded === "string" ? [forwarded] : forwarded;
  const value = clientAddress(peer, lines, trusts);
  Object.defineProperty(request, "ip", { value, enumerable: true });
}
