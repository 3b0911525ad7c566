// `request.protocol` is http or https. Fastify and Express hand out whatever X-Forwarded-Proto says, and applications build
// links and redirects from it, where `javascript` would be one that runs.
import type { IncomingHttpHeaders } from "node:http";

/** As WebSocket is named by some proxies, too. */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ["http", "http"],
  ["https", "https"],
  ["ws", "http"],
  ["wss", "https"],
]);

/** Leaves one scheme of the web in X-Forwarded-Proto, or takes the field away; the connection's own scheme counts then. */
export function keepKnownScheme(headers: IncomingHttpHeaders): void {
  const written = headers["x-forwarded-proto"];
  if (written === undefined || written === "https" || written === "http") return;
  const last = String(written).split(",").at(-1)?.trim().toLowerCase() ?? "";
  const scheme = SCHEMES.get(last);
  if (scheme === undefined) delete headers["x-forwarded-proto"];
  else headers["x-forwarded-proto"] = scheme;
}
