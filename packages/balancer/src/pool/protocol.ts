// The interface through which a pool uses the protocol of its connections.
import type { Socket } from "node:net";
import type { HeadLimits } from "@tandem/http";
import type { Deadlines, SocketReads } from "@tandem/transport";
import type { ConnectFailure } from "./connect-failure.ts";
import type { Connection, ConnectionPool } from "./connection.ts";

/**
 * A socket that has just connected (after the handshake, with TLS), and the other objects that its connection needs.
 */
export interface Opened {
  readonly socket: Socket;
  /** Passes the socket's bytes to its `reader`. The connection sets itself as the `reader`, then starts reading. */
  readonly reads: SocketReads;
  readonly deadlines: Deadlines;
  readonly pool: ConnectionPool;
  /** Limits on the size of answers' heads. */
  readonly answers: HeadLimits;
  /** How many requests the connection may carry at once, if its protocol and the server allow as many. */
  readonly streams: number;
}

export interface ServerProtocol {
  /**
   * How many requests a connection may carry at once. As many may wait for the first connection to a server; for later
   * ones, as many as the one before has taken.
   */
  readonly streams: number;
  /** The protocols that TLS handshakes with servers offer, the preferred one first; undefined = none is offered. */
  readonly alpn: readonly string[] | undefined;
  /** Starts the protocol on the socket. Returns why not when the server has not agreed to the protocol. */
  open(opened: Opened, protocol: ServerProtocol): Connection | ConnectFailure;
}
