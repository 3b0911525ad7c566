// A connection to a server as its pool sees it, whatever protocol it speaks. HTTP/1.1 carries one request at a time;
// other protocols carry many, and each has a stream of its own.
import type { OwnableConnection, ServerStream } from "./server-stream.ts";

/** A stream that no request has yet. */
export interface UnusedStream extends ServerStream {
  /** It is as good as one on a connection that was just opened, as far as is known. */
  readonly fresh: boolean;
  /** It is not wanted after all: its connection goes back to the pool as old as it was. */
  putBack(): void;
}

export interface Connection extends OwnableConnection {
  /** How many streams it takes beside those it has; 0 when it is full, and once its server has said that it goes away. */
  readonly room: number;
  /** Nothing is known against another request on it. */
  readonly reusable: boolean;
  /** Where it leads, as far as the connection knows it still. */
  readonly address: string | undefined;
  /** When its last request was over, on the deadlines' clock. Its pool sets it. */
  idleSince: number;
  /** The server says that it closes an idle connection after so long; we leave before. */
  readonly idleLimitMs: number;
  /** It leads to an address that the server has no more: it is used to its end, and no more. */
  outdated: boolean;
  /** When it is closed, while no request uses it. */
  set deadline(at: number);

  /** Opens a stream. Only while there is room. */
  open(): UnusedStream;
  /** Its requests are over: becomes as it was before, for the next one. What cannot be undone is found by `fresh`. */
  renew(): void;
}

/** The pool that a connection belongs to, as the connection sees it. */
export interface ConnectionPool {
  /** No request uses it any more. It is kept, or closed when it may not serve another one. */
  takeBack(connection: Connection): void;
  /** The same, but the stream that was opened last was never used. */
  putBack(connection: Connection): void;
  /** It has closed. */
  gone(connection: Connection): void;
}
