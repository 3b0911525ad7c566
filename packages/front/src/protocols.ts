// The protocols that clients can speak, one row each. A new protocol is a file with its session, and a row here.
// Neither balancer nor webserver knows which protocol carries a request.
import { ClientSession } from "@tandem/http/session";
import type { TlsFacts } from "@tandem/transport";
import type { OpenSession, Protocols } from "./protocol.ts";

/** All protocols. HTTP/1.1 is also used on plain connections, and for clients without ALPN. */
export const PROTOCOLS: Protocols = [
  {
    name: "http/1.1",
    open: (socket, handler, timers, limits, deadline) =>
      new ClientSession(socket, handler, timers, limits, deadline),
  },
];

/** Returns the function that opens a session on a connection, by the protocol that ALPN chose. */
export function sessionFor(
  tls: Pick<TlsFacts, "alpn"> | undefined,
  protocols: Protocols,
): OpenSession {
  const agreed = tls?.alpn;
  for (const { name, open } of protocols) {
    if (name === agreed) return open;
  }
  return protocols[0].open;
}
