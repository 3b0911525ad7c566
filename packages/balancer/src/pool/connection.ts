// A connection to a server as its pool sees it, whatever the protocol. HTTP/1.1 carries one request at a time. Other
// protocols carry many requests at once, and each request has a stream of its own.
import type { ConnectFailure } from "./connect-failure.ts";
import type { OwnableConnection, ServerStream } from "./server-stream.ts";

/** A stream that has not been given a request yet. */
export interface UnusedStream extends ServerStream {
  /** Whether the connection is, as far as is known, as good as a new one. If not, no request may be sent on it. */
  readonly fresh: boolean;
  /**
   * Called when the stream will not be used. Its connection goes back to the pool, and counts as idle since its last
   * request, as before.
   */
  putBack(): void;
}

/** The listener that is told how a protocol began on a new connection: exactly once. */
export interface BeginListener {
  /** Called when requests may be sent. */
  begun(connection: Connection): void;
  /** Called when no request can be sent. The connection has closed, or closes now. */
  beginFailed(failure: ConnectFailure): void;
}

export interface Connection extends OwnableConnection {
  /** Whether the protocol can carry several requests at once. */
  readonly shared: boolean;
  /**
   * Called once for a new connection, whose deadline then is the time for connecting. Absent = requests may be sent at
   * once.
   */
  awaitBegin?(listener: BeginListener): void;
  /**
   * How many more streams the connection takes. 0 when the connection is full, and once the server has announced that
   * it will close the connection.
   */
  readonly room: number;
  /** Whether the connection may carry another request, as far as is known. If not, the pool does not keep it. */
  readonly reusable: boolean;
  /** The server's IP address; undefined when the socket does not know the address any more. */
  readonly address: string | undefined;
  /** When the last request ended, in milliseconds on the clock of `Deadlines`. Set by the pool. */
  idleSince: number;
  /**
   * The idle time after which the server will close the connection, as the server announced. We close an idle
   * connection before that time.
   */
  readonly idleLimitMs: number;
  /**
   * Whether the connection leads to an address that the server no longer has. Such a connection finishes its requests
   * and gets no others.
   */
  outdated: boolean;
  /** Sets the time at which the connection is closed if no request uses the connection until then. */
  set deadline(at: number);

  /** Opens a stream. May be called only while there is room. */
  open(): UnusedStream;
  /**
   * Called when the connection's requests have ended: prepares the connection for the next request. When that is not
   * possible, the connection's `fresh` is false afterwards, so that it gets no further request.
   */
  renew(): void;
}

/** The pool that a connection belongs to, as the connection sees it. */
export interface ConnectionPool {
  /**
   * Called when no request uses the connection any more. The pool keeps the connection, or closes it when it may not
   * serve another request.
   */
  takeBack(connection: Connection): void;
  /** Called instead of `takeBack` when the stream that was opened last was never used. */
  putBack(connection: Connection): void;
  /** Called when the connection has closed. */
  gone(connection: Connection): void;
}
