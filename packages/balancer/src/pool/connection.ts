// A connection to a server as its pool sees it, whatever protocol it speaks. HTTP/1.1 carries one request at a time.
// Other protocols carry many requests, and each of these has a stream of its own.
import type { OwnableConnection, ServerStream } from "./server-stream.ts";

/** A stream that has not been given a request yet. */
export interface UnusedStream extends ServerStream {
  /** As far as is known, the connection is as good as a newly opened one. */
  readonly fresh: boolean;
  /**
   * The stream is not needed after all. Its connection goes back to the pool with the idle time that it had before.
   */
  putBack(): void;
}

export interface Connection extends OwnableConnection {
  /**
   * How many more streams the connection takes. 0 when it is full, and once its server has announced that it goes
   * away.
   */
  readonly room: number;
  /** Nothing that is known prevents another request on this connection. */
  readonly reusable: boolean;
  /** The remote address, as long as the connection still knows it. */
  readonly address: string | undefined;
  /** When the last request was over, on the deadlines' clock. Set by the pool. */
  idleSince: number;
  /** The server announces that it closes an idle connection after this time, so we close ours before. */
  readonly idleLimitMs: number;
  /**
   * The connection leads to an address that the server no longer has. Its requests are finished, and it gets no
   * others.
   */
  outdated: boolean;
  /** When the connection is closed, while no request uses it. */
  set deadline(at: number);

  /** Opens a stream. May be called only while there is room. */
  open(): UnusedStream;
  /** The connection's requests are over: prepares it for the next request. What cannot be undone shows in `fresh`. */
  renew(): void;
}

/** The pool that a connection belongs to, as the connection sees it. */
export interface ConnectionPool {
  /**
   * No request uses the connection any more. The pool keeps it, or closes it when it may not serve another request.
   */
  takeBack(connection: Connection): void;
  /** As `takeBack`, but the stream that was opened last was never used. */
  putBack(connection: Connection): void;
  /** The connection has closed. */
  gone(connection: Connection): void;
}
