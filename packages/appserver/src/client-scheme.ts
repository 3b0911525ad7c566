// Makes sure that `request.protocol` is http or https. Fastify and Express return whatever X-Forwarded-Proto says, and
// applications build links and redirects from that value. With the scheme `javascript` such a link would run as a
// script.
import type { IncomingHttpHeaders } from "node:http";

/**
 * The accepted values of X-Forwarded-Proto, each with the scheme that replaces it. For a WebSocket
 * connection some proxies send `ws` or `wss`.
 */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ["http", "http"],
  ["https", "https"],
  ["ws", "http"],
  ["wss", "https"],
]);

/**
 * Sets X-Forwarded-Proto to http or https, or removes the field when it has another value. Without the field, the
 * scheme of the connection is used.
 */
export function keepKnownScheme(headers: IncomingHttpHeaders): void {
  const written = headers["x-forwarded-proto"];
  if (written === undefined || written === "https" || written === "http") return;
  const last = String(written).split(",").at(-1)?.trim().toLowerCase() ?? "";
  const scheme = SCHEMES.get(last);
  if (scheme === undefined) delete headers["x-forwarded-proto"];
  else headers["x-forwarded-proto"] = scheme;
}
