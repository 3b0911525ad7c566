// The interface through which a pool uses the protocol of its connections.
import type { Socket } from "node:net";
import type { HeadLimits } from "@tandem/http";
import type { Deadlines, SocketReads } from "@tandem/transport";
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
}

export interface ServerProtocol {
  /**
   * How many requests may wait for one connection that is being opened: the number of streams that the connection is
   * sure to take.
   */
  readonly streams: number;
  /** Starts the protocol on the socket. */
  open(opened: Opened): Connection;
}
