// The second stage, before TLS begins. It reads the server name in the ClientHello, if the listener needs the name:
// the name may choose the certificates (edge.ts), or decide that the connection is passed on unchanged, so that
// another server terminates its TLS.
import { serverNameOf } from "../tls/client-hello.ts";
import type { Accepted } from "./accepted.ts";
import type { Arrival } from "./arrival.ts";

/**
 * Called for each hello with the server name in it, or with "" when the hello has none. Undefined = this listener
 * terminates TLS. If a function is returned, the connection is passed to it unchanged, with every byte of the hello,
 * and the listener does no TLS for that connection.
 */
export type HelloRoute = (name: string) => ((accepted: Accepted) => void) | undefined;

/**
 * Reads the server name, then calls `next`. All bytes remain for the next stage, because TLS reads the hello again.
 */
export function readHello(arrival: Arrival, next: (arrival: Arrival, name: string) => void): void {
  arrival.read("TLS handshake", (bytes) => {
    const name = serverNameOf(bytes);
    if (name === undefined) return;
    arrival.seen(0);
    next(arrival, name);
  });
}
