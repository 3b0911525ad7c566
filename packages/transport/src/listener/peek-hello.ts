// Reads the ClientHello of a connection that was accepted without a TLS handshake of ours, so that it can be routed by
// what the ClientHello says. Every byte stays with the connection, for the server that ends TLS.
import type { Clock } from "../clock.ts";
import type { ClientHello } from "../tls/client-hello.ts";
import type { RefusedConnection } from "../tls/refusal.ts";
import type { Accepted } from "./accepted.ts";
import { ARRIVAL_MS, Arrival } from "./arrival.ts";
import { awaitHello } from "./hello.ts";

export interface PeekOptions {
  readonly clock: Clock;
  /** Called when the client left, or its ClientHello was not complete in time or cannot be read. The connection is then closed. */
  readonly refused: (refused: RefusedConnection) => void;
  /** Called once with the ClientHello, which is empty when the client does not speak TLS. */
  readonly seen: (hello: ClientHello) => void;
}

/**
 * Waits for the ClientHello of `accepted`, at most `ARRIVAL_MS` and at most as many bytes as a ClientHello may have.
 * The owner of the connection must not read from it before `seen` is called.
 */
export function peekHello(accepted: Accepted, { clock, refused, seen }: PeekOptions): void {
  const { socket, reads, address, port } = accepted;
  const arrival = new Arrival(socket, reads, refused);
  arrival.ends = { client: { address, port } };
  arrival.limit(clock, ARRIVAL_MS);
  awaitHello(arrival, "ClientHello", (hello) => {
    if (!arrival.handOver()) return;
    arrival.seen(0);
    arrival.release();
    seen(hello);
  });
  reads?.again(); // bytes that came together with a preface
}
