// What the Node proxies share: their setup, a listening server, and agents that keep connections.
import { readFileSync } from "node:fs";
import { Agent, createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { NodePeerSetup } from "../node-peer.ts";

export const setup = JSON.parse(process.argv[2] ?? "{}") as NodePeerSetup;

/** Where requests go. */
export const origin = `http://127.0.0.1:${setup.originPort}`;

/** As many connections as there are requests, kept for later ones. */
export const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024, keepAliveMsecs: 60_000 });

/** The certificate, when the setup has one. */
export function certificate(): { readonly cert: Buffer; readonly key: Buffer } | undefined {
  const { tls } = setup;
  return tls && { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
}

/** The options of an HTTP server that keeps idle connections for a minute. */
export const httpOptions = { keepAliveTimeout: 60_000 };

/** Listens with `node:http` or `node:https`. */
export function serve(listener: RequestListener): void {
  const tls = certificate();
  const server =
    tls === undefined
      ? createServer(httpOptions, listener)
      : createTlsServer({ ...httpOptions, ...tls }, listener);
  server.listen({ port: setup.port, host: "127.0.0.1", backlog: 4096 });
}
