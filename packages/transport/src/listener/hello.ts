// The second stage of a connection at a listener, before the TLS handshake. It reads the server name in the
// ClientHello, if the listener needs the name. The name may choose the certificates (edge.ts). It may also decide that
// the connection is passed on unchanged, so that another server terminates TLS.
import { type ClientHello, clientHelloOf } from "../tls/client-hello.ts";
import type { Accepted } from "./accepted.ts";
import type { Arrival } from "./arrival.ts";

/**
 * Called for each ClientHello with the server name in it, or with "" when the ClientHello has no server name. Undefined
 * = this listener terminates TLS. If a function is returned, the connection is passed to it unchanged, with every byte
 * of the ClientHello, and the listener does no TLS for that connection.
 */
export type HelloRoute = (name: string) => ((accepted: Accepted) => void) | undefined;

/**
 * Reads the ClientHello, then calls `next`. All bytes remain for the next stage, because the TLS handshake reads the
 * ClientHello again.
 */
export function readHello(
  arrival: Arrival,
  next: (arrival: Arrival, hello: ClientHello) => void,
): void {
  arrival.read("TLS handshake", (bytes) => {
    const hello = clientHelloOf(bytes);
    if (hello === undefined) return;
    arrival.seen(0);
    next(arrival, hello);
  });
}
