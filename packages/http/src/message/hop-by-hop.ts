// Fields that end at this hop (RFC 9110 7.6.1). Strip both directions. A Connection option is about what
// its sender sent: a field that was added here, by a hook for example, is not its to delete.
import { quote } from "../text/quote.ts";
import { listMembers } from "./connection.ts";
import type { Fields } from "./fields.ts";
import { FRAMING, HOP_BY_HOP } from "./known-names.ts";
import { malformed, ProtocolFailure, type Sender } from "./protocol-failure.ts";

/**
 * Fields that routing, framing or the identity of the client hang on: an option that names one of
 * them is an attack or a fault, and the message is refused.
 */
const NEVER_NAMED = new Set(
  `authorization content-encoding content-length content-range content-type cookie date forwarded host set-cookie
  via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip x-request-id`.split(
    /\s+/,
  ),
);

/**
 * Removes every received field that Connection names, then Connection, Keep-Alive, Proxy-Connection, TE,
 * Transfer-Encoding, Upgrade and HTTP2-Settings; and Proxy-Authenticate, Proxy-Authorization and
 * Proxy-Authentication-Info, which are between a client and the proxy that asks for them, and we ask
 * for none. Trailer stays: whoever drops the trailers drops it too. `upgrade` and `TE: trailers`
 * have to be read before, and added again when they are to be passed on.
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

/** Whether Connection is absent or has one of the values that name nothing but what is removed anyway. */
export function namesNothing(fields: Fields): boolean {
  const connection = fields.get("connection");
  const usual =
    connection === undefined ||
    connection === "keep-alive" ||
    connection === "close" ||
    connection === "Upgrade";
  return usual && fields.count("connection") <= 1;
}

/** Removes Content-Length and Transfer-Encoding, to be written anew from the parsed body length. */
export function stripFraming(fields: Fields): void {
  fields.removeKinds(FRAMING);
}
