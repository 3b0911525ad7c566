// One request at a server and its answer, whatever protocol carries it. The code that forwards a request uses the
// server only through this interface. Over HTTP/1.1 a connection carries one request at a time and is itself the
// stream. Over a protocol with many streams, each stream is an object of its own (connection.ts). Only the connection
// holds the socket and the session.
import type { Fields } from "@tandem/http";
import type { ResponseListener } from "@tandem/http/session";

/** The code that sends a request on a stream and gets its answer. The stream calls these methods. */
export interface StreamUser {
  /** Called when a batch of bytes was parsed. The output that resulted may now be sent in one write. */
  received(): void;
  /**
   * Whether all bytes that were passed to the user have been sent on. If so, the memory that they were read into may
   * be used for the next read. The value is read after each call of `received`.
   */
  readonly settled: boolean;
  /** Called when the stream's deadline has passed. */
  serverTimedOut(): void;
  /** Called when the stream has ended, after the listener of the answer has been called for the last time. */
  streamClosed(): void;
}

/** The listener for the bytes of a server that has switched protocols. The stream's user is still called too. */
export interface TunnelListener {
  data(chunk: Buffer): void;
  /** Called when the server has taken all bytes that were written. */
  drained(): void;
  /** Called when the server has ended its side. Our side stays open until `endTunnel`. */
  ended(): void;
}

/** The client's connection that owns a private connection to a server. */
export interface Owner {
  /** Whether the client's connection has closed. If so, the pool no longer keeps the private connection. */
  readonly gone: boolean;
}

/** The connection that carries a stream, with the properties that are needed to keep the connection for one client. */
export interface OwnableConnection {
  /**
   * The client that the connection is private to; undefined = none. Once set, the owner stays the same, and no other
   * client's requests go out on the connection.
   */
  owner: Owner | undefined;
  /** Whether the connection carries no request now. */
  readonly unused: boolean;
  /** Whether the connection is as good as a new one, whatever it has carried. If not, no request is sent on it. */
  readonly fresh: boolean;
  destroy(): void;
}

export interface ServerStream {
  /**
   * The connection that carries the stream, if the connection can be kept for one client. Undefined when the connection
   * may carry other requests at the same time.
   */
  readonly connection: OwnableConnection | undefined;
  user: StreamUser | undefined;
  /** Whether the protocol itself tells trailers from the head, so that they need not be announced in it (HTTP/2). */
  readonly marksTrailers: boolean;
  /** Sets the time at which the user's `serverTimedOut` is called, in milliseconds on the clock of `Deadlines`. */
  set deadline(at: number);
  /**
   * Whether the connection has carried requests before. If so, the server may have closed it just when this request
   * was sent.
   */
  readonly reused: boolean;
  /** Whether part of the answer has come. If so, a failed request is not tried again on another server. */
  readonly answered: boolean;
  /** Whether everything written so far has left this process. If so, the written buffers may be used again. */
  readonly settled: boolean;
  /** Whether the stream was lost by an error instead of an orderly end. */
  readonly reset: boolean;
  /**
   * Whether the server says that it has not processed any part of the request. If so, the request may be sent again,
   * whatever its method.
   */
  readonly refused: boolean;
  /**
   * The server's fault that has ended the whole connection, and this stream with it, in words. Undefined when there was
   * none, and where a connection carries one request at a time: there such a fault is one of the answer.
   */
  readonly broken: string | undefined;
  /** Whether the stream has closed. If not, and we end it now, the server notices the end only a moment later. */
  readonly gone: boolean;

  /**
   * Sends the head of a request. `head` is the text of HTTP/1.1, with the empty line at its end; another protocol
   * takes the fields out of that text. `bodyLength` is the length of the body that follows, or CHUNKED.
   */
  send(method: string, head: string, bodyLength: number, listener: ResponseListener): void;
  /** Adds bytes of the request body. The bytes are sent at `flush` or `endBody`. */
  write(chunk: Buffer): void;
  /** Sends the bytes that were added. False = the server is slow: wait for `serverDrained` of the listener. */
  flush(): boolean;
  endBody(trailers: Fields | undefined): void;

  /** Stops reading from the server until `resume`. Bytes that were read already may still come. */
  pause(): void;
  resume(): void;

  /**
   * Called with the Keep-Alive field of an answer, in which the server says after which idle time it closes a
   * connection. Absent when the protocol has no such field.
   */
  limitIdle?(keepAlive: string): void;

  /** Called after a 101: from now on both directions carry plain bytes. */
  openTunnel(listener: TunnelListener): void;
  /** Sends bytes in the tunnel. False = the server is slow: wait for `drained` of the TunnelListener. */
  writeTunnel(chunk: Buffer): boolean;
  /** Ends our side of the tunnel after everything written has been sent. The server may go on sending. */
  endTunnel(): void;

  /**
   * Stops reading an answer that is not complete, because the answer is not needed any more. The caller must call
   * `release` afterwards.
   */
  abandon(): void;
  /** The user calls this at the end. The connection goes back to its pool, or closes if it cannot be used again. */
  release(): void;
  /** Ends the stream at once. Bytes that were not sent yet are lost. */
  destroy(): void;
}
