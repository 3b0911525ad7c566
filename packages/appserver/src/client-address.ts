// Makes `request.ip` the address that every tier uses for the client: the client's address alone, as the proxies in
// `trustProxy` report it. Fastify's own `request.ip` repeats X-Forwarded-For with ports, brackets and garbage, so a
// rate limit would count one client under several names.
import { clientAddress, plainAddress } from "@tandem/transport";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { keepKnownScheme } from "./client-scheme.ts";

/** Adds the hook that sets `request.ip`. Call this function before adding any hook that reads `request.ip`. */
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
 * Sets `request.ip`. Also corrects X-Forwarded-Proto, from which Fastify and node handlers read the
 * scheme. The hook of `addClientAddress` calls this function for most requests. Call it directly
 * only for a request for which Fastify runs no hook.
 */
export function setClientAddress(
  request: FastifyRequest,
  trusts: (address: string) => boolean,
): void {
  keepKnownScheme(request.raw.headers);
  const peer = plainAddress(request.socket.remoteAddress);
  const { "x-forwarded-for": forwarded = [] } = request.headers; // Node has joined several lines of this field into one
  const lines = typeof forwarded === "string" ? [forwarded] : forwarded;
  const value = clientAddress(peer, lines, trusts);
  Object.defineProperty(request, "ip", { value, enumerable: true });
}
