// Fields that are removed at this hop (RFC 9110 7.6.1), from requests and from answers. A Connection option names only
// fields of its own sender, so a field that this proxy added (for example in a hook) is not removed.
import { quote } from "../text/quote.ts";
import { listMembers } from "./connection.ts";
import type { Fields } from "./fields.ts";
import { CERTIFICATE_FIELDS, FORWARDING_FIELDS, FRAMING, HOP_BY_HOP } from "./known-names.ts";
import { malformed, ProtocolFailure, type Sender } from "./protocol-failure.ts";

/**
 * Fields that routing, framing or the identity of the client depend on. A Connection option that names one of
 * them is an attack or a fault, so the message is refused.
 */
const NEVER_NAMED: ReadonlySet<string> = new Set([
  ...FORWARDING_FIELDS,
  ...CERTIFICATE_FIELDS,
  ...`authorization content-encoding content-length content-range content-type cookie date host set-cookie via
  x-request-id`.split(/\s+/),
]);

/**
 * Removes every received field that Connection names, then Connection, Keep-Alive,
 * Proxy-Connection, TE, Transfer-Encoding, Upgrade and HTTP2-Settings. Also removes
 * Proxy-Authenticate, Proxy-Authorization and Proxy-Authentication-Info, which serve a proxy that
 * asks its client for a login; this proxy does not ask for one. Trailer stays, because it is
 * removed together with the trailers. Returns the refusal when Connection names a field of
 * NEVER_NAMED. Read `Upgrade` and `TE: trailers` before the call, and add them again afterwards if
 * they are to be passed on.
 */
export function stripHopByHop(
  fields: Fields,
  sender: Sender = "client",
): ProtocolFailure | undefined {
  if (!namesNothing(fields)) {
    const options = listMembers(fields, "connection");
    for (const option of options) {
      if (NEVER_NAMED.has(option)) {
        const message = `Connection must not name the end-to-end field ${quote(option)}`;
        return new ProtocolFailure("connection-names-end-to-end-field", malformed(sender), message);
      }
    }
    fields.removeReceived(options);
  }
  fields.removeKinds(HOP_BY_HOP);
  return undefined;
}

/**
 * Returns whether Connection is absent, or has one of the usual values (such as keep-alive), which name no further
 * field to remove.
 */
export function namesNothing(fields: Fields): boolean {
  const connection = fields.get("connection");
  const usual =
    connection === undefined ||
    connection === "keep-alive" ||
    connection === "close" ||
    connection === "Upgrade";
  return usual && fields.count("connection") <= 1;
}

/** Removes Content-Length and Transfer-Encoding, which are written anew from the parsed body length. */
export function stripFraming(fields: Fields): void {
  fields.removeKinds(FRAMING);
}
