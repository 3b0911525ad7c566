// What a pool has to know of the protocol that its connections speak.
import type { Socket } from "node:net";
import type { HeadLimits } from "@tandem/http";
import type { Deadlines, SocketReads } from "@tandem/transport";
import type { Connection, ConnectionPool } from "./connection.ts";

/** A socket that has just connected, TLS included, and what its connection needs beside it. */
export interface Opened {
  readonly socket: Socket;
  /** Where the socket reads to: the connection sets the reader, and lets the socket flow. */
  readonly reads: SocketReads;
  readonly deadlines: Deadlines;
  readonly pool: ConnectionPool;
  /** Bounds on the heads of answers. */
  readonly answers: HeadLimits;
}

export interface ServerProtocol {
  /** How many requests may wait for one connection that is being opened: as many as it is sure to take. */
  readonly streams: number;
  /** Begins to speak. */
  open(opened: Opened): Connection;
}
