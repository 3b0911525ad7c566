// The second stage, before TLS begins: reads the server name in the ClientHello when something depends on it. The name
// may choose the certificates (edge.ts). It may also decide that the connection is passed on unchanged, so that another
// server terminates its TLS.
import { serverNameOf } from "../tls/client-hello.ts";
import type { Accepted } from "./accepted.ts";
import type { Arrival } from "./arrival.ts";

/**
 * Called for each hello with the server name in it, or "" when it has none. Undefined = this listener terminates TLS.
 * A returned function gets the connection unchanged, with every byte of the hello, and the listener does no TLS for it.
 */
export type HelloRoute = (name: string) => ((accepted: Accepted) => void) | undefined;

/** Reads the server name, then calls `next`. It uses no bytes, because TLS reads the hello again. */
export function readHello(arrival: Arrival, next: (arrival: Arrival, name: string) => void): void {
  arrival.read("TLS handshake", (bytes) => {
    const name = serverNameOf(bytes);
    if (name === undefined) return;
    arrival.seen(0);
    next(arrival, name);
  });
}
