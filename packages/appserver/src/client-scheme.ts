// `request.protocol` is http or https. Fastify and Express return whatever X-Forwarded-Proto says, and applications
// build links and redirects from it; with the scheme `javascript` such a link would run as a script.
import type { IncomingHttpHeaders } from "node:http";

/** Some proxies also send the names of the WebSocket schemes. */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ["http", "http"],
  ["https", "https"],
  ["ws", "http"],
  ["wss", "https"],
]);

/**
 * Leaves http or https in X-Forwarded-Proto, or removes the field. Without it the scheme of the connection is used.
 */
export function keepKnownScheme(headers: IncomingHttpHeaders): void {
  const written = headers["x-forwarded-proto"];
  if (written === undefined || written === "https" || written === "http") return;
  const last = String(written).split(",").at(-1)?.trim().toLowerCase() ?? "";
  const scheme = SCHEMES.get(last);
  if (scheme === undefined) delete headers["x-forwarded-proto"];
  else headers["x-forwarded-proto"] = scheme;
}
