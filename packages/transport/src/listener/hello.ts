// The second stage, before TLS begins: the name in the ClientHello, where something depends on it. Names decide over
// certificates (edge.ts), and may decide that a connection is passed on as it came, its TLS for another to end.
import { serverNameOf } from "../tls/client-hello.ts";
import type { Accepted } from "./accepted.ts";
import type { Arrival } from "./arrival.ts";

/**
 * Asked for each hello, by the name in it, "" where it has none. Undefined = its TLS ends here; a function is given the
 * connection as it came, with every byte of the hello, and TLS is none of ours.
 */
export type HelloRoute = (name: string) => ((accepted: Accepted) => void) | undefined;

/** Reads the name a client asks for, of which nothing is used: TLS reads it again. Then goes on with `next`. */
export function readHello(arrival: Arrival, next: (arrival: Arrival, name: string) => void): void {
  arrival.read("TLS handshake", (bytes) => {
    const name = serverNameOf(bytes);
    if (name === undefined) return;
    arrival.seen(0);
    next(arrival, name);
  });
}
