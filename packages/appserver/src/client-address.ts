// `request.ip` as every tier understands it: the client's address alone, as reported by the proxies in
// `trustProxy`. Fastify's own `request.ip` repeats X-Forwarded-For with ports, brackets and garbage, so a rate
// limit would count one client under several names.
import { clientAddress, plainAddress } from "@tandem/transport";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { keepKnownScheme } from "./client-scheme.ts";

/** Must be called before any hook that reads `request.ip`. */
export function addClientAddress(
  server: FastifyInstance,
  trusts: (address: string) => boolean,
): void {
  server.addHook("onRequest", (request, _reply, next) => {
    setClientAddress(request, trusts);
    next();
  });
}

/**
 * For a request that reaches no hook. It also corrects the scheme, which Fastify and node handlers read from the
 * head.
 */
export function setClientAddress(
  request: FastifyRequest,
  trusts: (address: string) => boolean,
): void {
  keepKnownScheme(request.raw.headers);
  const peer = plainAddress(request.socket.remoteAddress);
  const { "x-forwarded-for": forwarded = [] } = request.headers; // Node has joined several lines
  const lines = typeof forwarded === "string" ? [forwarded] : forwarded;
  const value = clientAddress(peer, lines, trusts);
  Object.defineProperty(request, "ip", { value, enumerable: true });
}
