// Removes the fields that belong to one connection (RFC 9110 §7.6.1).
import type { IncomingHttpHeaders } from "node:http";

const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Returns the fields that a proxy passes on. */
export function endToEnd(fields: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept: IncomingHttpHeaders = {};
  for (const name in fields) if (!HOP_BY_HOP.has(name)) kept[name] = fields[name];
  return kept;
}
