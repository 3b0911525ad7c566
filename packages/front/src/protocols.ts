// The protocols that clients can speak, one row each. A new protocol is a file with its session, and a row here.
// Neither balancer nor webserver knows which protocol carries a request.
import { ClientSession, H2Session } from "@tandem/http/session";
import type { TlsFacts } from "@tandem/transport";
import type { OpenSession, Protocols } from "./protocol.ts";

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

/**
 * Returns the function that opens a session on a connection: by the protocol that ALPN chose, or by `plain` on a
 * connection without TLS.
 */
export function sessionFor(
  tls: Pick<TlsFacts, "alpn"> | undefined,
  protocols: Protocols,
  plain?: string | undefined,
): OpenSession {
  const agreed = tls === undefined ? plain : tls.alpn;
  for (const { name, open } of protocols) {
    if (name === agreed) return open;
  }
  return protocols[0].open;
}
