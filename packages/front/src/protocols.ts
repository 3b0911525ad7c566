// The protocols that clients can speak, one row each. A new protocol is a file with its session, and a row here.
// Neither balancer nor webserver knows which protocol carries a request.
import { ClientSession, H2Session } from "@tandem/http/session";
import type { TlsFacts } from "@tandem/transport";
import type { Protocol, Protocols } from "./protocol.ts";

/** All protocols. HTTP/1.1 is also used for clients without ALPN. */
export const PROTOCOLS: Protocols = [
  {
    name: "http/1.1",
    open: (socket, handler, timers, limits, deadline) =>
      new ClientSession(socket, handler, timers, limits, deadline),
  },
  {
    name: "h2",
    open: (socket, handler, timers, limits, deadline, turn) =>
      new H2Session(socket, handler, timers, limits, deadline, turn),
  },
];

/** Returns the protocol of a connection: the one that ALPN chose, or `plain` on a connection without TLS. */
export function protocolOf(
  tls: Pick<TlsFacts, "alpn"> | undefined,
  protocols: Protocols,
  plain?: string | undefined,
): Protocol {
  const agreed = tls === undefined ? plain : tls.alpn;
  for (const protocol of protocols) {
    if (protocol.name === agreed) return protocol;
  }
  return protocols[0];
}
