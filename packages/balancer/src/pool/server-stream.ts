// One request at a server and its answer, whatever protocol carries it. The code that forwards a request holds
// nothing else of the server. Over HTTP/1.1 a connection carries one request at a time and is itself the stream. Over
// a protocol with many streams, each stream is an object of its own (connection.ts). Only the connection holds the
// socket and the session.
import type { Fields } from "@tandem/http";
import type { ResponseListener } from "@tandem/http/session";

/** Told what happens to the stream that it uses. */
export interface StreamUser {
  /** A batch of bytes was parsed. The output that it led to may now leave in one write. */
  received(): void;
  /**
   * All bytes so far have left, so that nothing refers to the memory they were read into. Read after `received` as
   * well.
   */
  readonly settled: boolean;
  /** The stream's deadline passed. */
  serverTimedOut(): void;
  /** The stream is gone. Called after the listener of its answer was told. */
  streamClosed(): void;
}

/** Told about the bytes of a server that has switched protocols. The stream's user is still told as well. */
export interface TunnelListener {
  data(chunk: Buffer): void;
  /** The server took what was written. */
  drained(): void;
  /** The server has ended its side. Ours stays open until `endTunnel`. */
  ended(): void;
}

/** The client's connection that owns a private connection to a server. */
export interface Owner {
  /** The client's connection has closed. */
  readonly gone: boolean;
}

/** The connection beneath a stream, as far as it concerns code that keeps a connection for one client. */
export interface OwnableConnection {
  /**
   * Set when the server knows the connection as this client's. No other client's requests go out on it. Never unset.
   */
  owner: Owner | undefined;
  /** The connection carries no request now. */
  readonly unused: boolean;
  /** The connection is as good as a newly opened one, whatever it has carried. */
  readonly fresh: boolean;
  destroy(): void;
}

export interface ServerStream {
  /**
   * The connection beneath, where a client may have it for itself. Undefined where other requests are on it as well.
   */
  readonly connection: OwnableConnection | undefined;
  user: StreamUser | undefined;
  /** When the user's `serverTimedOut` is due, on the deadlines' clock. */
  set deadline(at: number);
  /** The connection has carried requests before, so the server may have closed it at the moment this one was sent. */
  readonly reused: boolean;
  /** Part of the answer has come. */
  readonly answered: boolean;
  /** Everything written so far has left. */
  readonly settled: boolean;
  /** The stream was lost to an error, and not ended in order. */
  readonly reset: boolean;
  /**
   * The server says that it has not begun with the request. So the request may be sent again, whatever its method.
   */
  readonly refused: boolean;
  /** The stream is lost already, so the server has noticed its end. */
  readonly gone: boolean;

  /**
   * Sends a head and announces how the body is framed. The head is written as in HTTP/1.1, final empty line included.
   * A protocol that writes heads differently takes the fields out of it.
   */
  send(method: string, head: string, bodyLength: number, listener: ResponseListener): void;
  /** Adds bytes of the request body. They leave at `flush` or `endBody`. */
  write(chunk: Buffer): void;
  /** Sends what was added. Returns false when the server is slow: wait for `serverDrained`. */
  flush(): boolean;
  endBody(trailers: Fields | undefined): void;

  /** Stops reading from the server until `resume`. Bytes that were read already may still come. */
  pause(): void;
  resume(): void;

  /**
   * The server announces that it closes an idle connection after this time (`Keep-Alive: timeout`). Absent where the
   * protocol has no such field.
   */
  limitIdle?(keepAlive: string): void;

  /** Called after a 101: from now on both directions carry plain bytes. */
  openTunnel(listener: TunnelListener): void;
  /** Returns false when the server is slow: wait for `drained`. */
  writeTunnel(chunk: Buffer): boolean;
  /** Sends what was written, then half-closes. */
  endTunnel(): void;

  /** Stops reading an answer that is not over, because it is not needed any more. `release` has to follow. */
  abandon(): void;
  /** The user does not use the stream any more. */
  release(): void;
  /** Closes the stream at once. */
  destroy(): void;
}
