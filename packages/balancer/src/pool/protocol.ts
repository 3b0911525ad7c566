// What a pool has to know about the protocol of its connections.
import type { Socket } from "node:net";
import type { HeadLimits } from "@tandem/http";
import type { Deadlines, SocketReads } from "@tandem/transport";
import type { Connection, ConnectionPool } from "./connection.ts";

/** A socket that has just connected, TLS included, and what its connection needs besides. */
export interface Opened {
  readonly socket: Socket;
  /** The buffer that the socket reads into. The connection sets the reader, and lets the socket flow. */
  readonly reads: SocketReads;
  readonly deadlines: Deadlines;
  readonly pool: ConnectionPool;
  /** Limits on the heads of answers. */
  readonly answers: HeadLimits;
}

export interface ServerProtocol {
  /** How many requests may wait for one connection that is being opened: the number of streams it is sure to take. */
  readonly streams: number;
  /** Starts the protocol on the socket. */
  open(opened: Opened): Connection;
}
