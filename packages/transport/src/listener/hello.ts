// The second stage of a connection at a listener, before the TLS handshake. It reads the server name in the
// ClientHello, if the listener needs the name. The name may choose the certificates (edge.ts). It may also decide that
// the connection is passed on unchanged, so that another server terminates TLS.
import { fatalAlert, TLS_ALERT } from "../tls/alert.ts";
import { type ClientHello, clientHelloOf, UNREADABLE_HELLO } from "../tls/client-hello.ts";
import type { Accepted } from "./accepted.ts";
import type { Arrival } from "./arrival.ts";

/**
 * Called for each ClientHello with the server name in it, or with "" when the ClientHello has no server name. Undefined
 * = this listener terminates TLS. If a function is returned, the connection is passed to it unchanged, with every byte
 * of the ClientHello, and the listener does no TLS for that connection.
 */
export type HelloRoute = (name: string) => ((accepted: Accepted) => void) | undefined;

/**
 * Calls `found` once with the ClientHello, which is `NO_HELLO` when the client does not speak TLS. A client is refused
 * when it begins as TLS and its ClientHello cannot be read. Otherwise it could hide its server name, and so choose the
 * route and the certificate that are for clients without a name.
 */
export function awaitHello(
  arrival: Arrival,
  stage: string,
  found: (hello: ClientHello) => void,
): void {
  arrival.read(stage, (bytes) => {
    const hello = clientHelloOf(bytes);
    if (hello === UNREADABLE_HELLO)
      arrival.refuse(
        "malformed",
        "its ClientHello is malformed, or longer than 16 KiB or 128 TLS records",
        fatalAlert(TLS_ALERT.decodeError),
      );
    else if (hello !== undefined) found(hello);
  });
}

/**
 * Reads the ClientHello, then calls `next`. All bytes remain for the next stage, because the TLS handshake reads the
 * ClientHello again.
 */
export function readHello(
  arrival: Arrival,
  next: (arrival: Arrival, hello: ClientHello) => void,
): void {
  awaitHello(arrival, "TLS handshake", (hello) => {
    arrival.seen(0);
    next(arrival, hello);
  });
}
