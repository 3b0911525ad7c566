// The HTTP server under Fastify, with or without TLS. With TLS, both sides show a certificate of the internal CA. This
// server's timeouts are longer than the webserver's. So the webserver, which opens the connections, also closes them.
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { Server as TlsServer } from "node:tls";
import type { AppserverConfig, InternalTls } from "@tandem/config";
import { PROXY_ALLOWANCE } from "@tandem/config/proxy-allowance";
import {
  internalServerOptions,
  onHandshakeFailure,
  type RefusedConnection,
} from "@tandem/transport";

/**
 * How many milliseconds an idle connection is kept. The webserver closes idle connections after 4 s. This server must
 * keep them longer. Otherwise the webserver could send a request on a connection that this server is just closing.
 */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_MS = 20_000;
const REQUEST_MS = 120_000;

/**
 * Makes a server that passes requests to `handler`. The server does not listen yet. `refused` is called for each TLS
 * handshake that fails. When a certificate cannot be read, throws an error that names the setting and the file.
 */
export function createListener(
  handler: RequestListener,
  { tls, limits }: Pick<AppserverConfig, "tls" | "limits">,
  refused: (refused: RefusedConnection) => void,
): Server {
  const server = open(handler, tls, limits.head + PROXY_ALLOWANCE.head);
  if (server instanceof TlsServer) onHandshakeFailure(server, refused);
  server.maxHeadersCount = limits.fields + PROXY_ALLOWANCE.fields;
  return server;
}

function open(
  handler: RequestListener,
  tls: InternalTls | undefined,
  maxHeaderSize: number,
): Server {
  const limits = {
    maxHeaderSize,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
  };
  if (tls === undefined) return createHttpServer(limits, handler);
  return createHttpsServer({ ...limits, ...internalServerOptions(tls, "appserver.tls") }, handler);
}
