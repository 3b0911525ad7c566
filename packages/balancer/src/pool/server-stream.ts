// One request at a server and its answer, whatever carries it: all that forwards a request holds of the server. Over
// HTTP/1.1 a connection carries one at a time and is itself the stream; over a protocol with many streams each is an
// object of its own (connection.ts). Socket and session are the connection's own.
import type { Fields } from "@tandem/http";
import type { ResponseListener } from "@tandem/http/session";

/** Told about the stream it works with. */
export interface StreamUser {
  /** A batch of bytes was parsed; everything it led to may now leave in one write. */
  received(): void;
  /** All bytes so far have left: nothing refers to the memory they were read into. Asked afterwards, too. */
  readonly settled: boolean;
  /** The stream's deadline passed. */
  serverTimedOut(): void;
  /** The stream is gone. Comes after the listener of its answer was told. */
  streamClosed(): void;
}

/** Told about the bytes of a server that has switched protocols, beside what its user is told. */
export interface TunnelListener {
  data(chunk: Buffer): void;
  /** The server took what was written. */
  drained(): void;
  /** The server has ended its side; ours stays open until `endTunnel`. */
  ended(): void;
}

/** The client's connection that a connection to a server is private to. */
export interface Owner {
  /** It has closed. */
  readonly gone: boolean;
}

/** The connection beneath, to those who keep one for a client. */
export interface OwnableConnection {
  /** Its server knows it as this client's: no other client's requests go out on it. Stays so. */
  owner: Owner | undefined;
  /** It carries no request now. */
  readonly unused: boolean;
  /** It is as one that was just opened, whatever it has carried. */
  readonly fresh: boolean;
  destroy(): void;
}

export interface ServerStream {
  /** The connection beneath, where a client may have one for itself; undefined where other requests are on it, too. */
  readonly connection: OwnableConnection | undefined;
  user: StreamUser | undefined;
  /** When the user's `serverTimedOut` is due, on the deadlines' clock. */
  set deadline(at: number);
  /** Its connection has carried other requests before: the server may have closed it as this one was sent. */
  readonly reused: boolean;
  /** Some of the answer has come. */
  readonly answered: boolean;
  /** Everything written so far has left. */
  readonly settled: boolean;
  /** It was lost to an error rather than ended. */
  readonly reset: boolean;
  /** The server says that it has not begun with the request: whatever was asked for, it may be sent again. */
  readonly refused: boolean;
  /** It is lost: what happens to the server is not our doing any more. */
  readonly gone: boolean;

  /**
   * Sends a head and announces how its body is framed. The head is what HTTP/1.1 would send, final empty line included;
   * a protocol that writes heads in another way takes the fields out of it.
   */
  send(method: string, head: string, bodyLength: number, listener: ResponseListener): void;
  /** Adds request body bytes; they leave at `flush` or `endBody`. */
  write(chunk: Buffer): void;
  /** Sends what was added. False when the server is slow: wait for `serverDrained`. */
  flush(): boolean;
  endBody(trailers: Fields | undefined): void;

  /** Reads no more of the server until `resume`. What was read already may still come. */
  pause(): void;
  resume(): void;

  /** The server says it closes an idle connection after so long (`Keep-Alive: timeout`). Only where it can say so. */
  limitIdle?(keepAlive: string): void;

  /** After a 101: both sides are bytes only. */
  openTunnel(listener: TunnelListener): void;
  /** False when the server is slow: wait for `drained`. */
  writeTunnel(chunk: Buffer): boolean;
  /** Sends what was written, then half-closes. */
  endTunnel(): void;

  /** Stops listening to an answer that is not over: it is worth nothing any more. `release` has to follow. */
  abandon(): void;
  /** Its user has done with it. */
  release(): void;
  /** Ends it at once. */
  destroy(): void;
}
