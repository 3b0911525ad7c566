// The protocols that are spoken with clients, a row each. A new one is a file with its session and a row here; neither
// balancer nor webserver knows which one carries a request.
import { ClientSession } from "@tandem/http/session";
import type { TlsFacts } from "@tandem/transport";
import type { OpenSession, Protocols } from "./protocol.ts";

/** HTTP/1.1 is spoken on plain connections too, and with clients without ALPN. */
export const PROTOCOLS: Protocols = [
  {
    name: "http/1.1",
    open: (socket, handler, timers, limits, deadline) =>
      new ClientSession(socket, handler, timers, limits, deadline),
  },
];

/** How a session is opened on a connection. */
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
