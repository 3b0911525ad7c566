// Code that the Node proxies share: their setup, a listening server, and agents that keep connections.
import { readFileSync } from "node:fs";
import { Agent, createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { NodePeerSetup } from "../node-peer.ts";

export const setup = JSON.parse(process.argv[2] ?? "{}") as NodePeerSetup;

/** The URL of the server to which requests are forwarded. */
export const origin = `http://127.0.0.1:${setup.originPort}`;

/** Opens as many connections as there are requests at once, and keeps them for later requests. */
export const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024, keepAliveMsecs: 60_000 });

interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

function read(files: NodePeerSetup["tls"]): Certificate | undefined {
  return files && { cert: readFileSync(files.cert), key: readFileSync(files.key) };
}

/** Returns the certificate for clients and its key; undefined when the setup has no certificate. */
export const certificate = (): Certificate | undefined => read(setup.tls);

/** Returns the certificate for a server that demands one, and the authority of that server; undefined without TLS. */
export function originCertificate(): (Certificate & { readonly ca: Buffer }) | undefined {
  const pair = read(setup.originTls);
  return pair && { ...pair, ca: pair.cert };
}

/** The options of an HTTP server that keeps idle connections for a minute. */
export const httpOptions = { keepAliveTimeout: 60_000 };

/** Starts a server with `node:http`, or with `node:https` when the setup has a certificate. */
export function serve(listener: RequestListener): void {
  const tls = certificate();
  const server =
    tls === undefined
      ? createServer(httpOptions, listener)
      : createTlsServer({ ...httpOptions, ...tls }, listener);
  server.listen({ port: setup.port, host: "127.0.0.1", backlog: 4096 });
}
