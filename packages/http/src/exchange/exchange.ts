// One request of a client and the answer to it, as a handler sees them, whatever protocol carries them. Each protocol
// implements this interface: HTTP/1.1 in session/h1-exchange.ts, memory in memory-exchange.ts. The guarantees that
// all implementations give are tested by exchange.contract.ts, which is run for each implementation.
import type { Fields } from "../message/fields.ts";
import type { RequestHead } from "../message/head.ts";
import type { BodySink } from "./body-sink.ts";

/** Why an exchange ended before its answer did. */
export type AbortCause =
  | "client-closed"
  /** The client neither sent nor read for as long as it is allowed. */
  | "client-timeout"
  /** The client sends its body more slowly than the minimum rate. */
  | "body-too-slow"
  | "bad-body"
  | "body-too-large"
  | "stopped";

/** The listener that is told about the client after the exchange was handed over. */
export interface ExchangeListener {
  /** Called when the client has taken the bytes that were written, so that more may be written. */
  drained(): void;
  /** Called when the client has sent everything it will send. The client may still be reading. */
  halfClosed(): void;
  /**
   * Called when the client is gone or broke the protocol, so that work for it should stop. Called at most once, never
   * after the end of the exchange.
   */
  aborted(cause: AbortCause): void;
  /**
   * Called when the exchange has ended, in whatever way. This is the last call, for listeners that keep an account of
   * their request. The session reports the end of every exchange (`SessionHandler.finished`), and that report leads
   * to this call.
   */
  finished?(): void;
}

/** How long a tunnel may be without traffic, in ms: open on both sides, and after the client has half-closed. */
export interface TunnelTimeouts {
  readonly tunnel: number;
  readonly clientFin: number;
}

/** The bytes of a client once its protocol was switched (RFC 9110 §7.8). */
export interface TunnelSide {
  /** For how long the client may be without traffic, in ms. The session of the protocol was given these timeouts. */
  readonly tunnelTimeouts: TunnelTimeouts;
  /**
   * Sets when the client is late, on the handler's clock; `Infinity` = never. At that time
   * `aborted("client-timeout")` is called, unless the tunnel has ended before. The handler sets a later time whenever
   * either side sends.
   */
  set tunnelDeadline(at: number);
  /** Sends bytes. Returns false when the client is slow: wait for `listener.drained`. */
  writeTunnel(chunk: Buffer): boolean;
  /** Called when the other side is slow. Stops reading from the client until `resumeTunnel`. */
  pauseTunnel(): void;
  resumeTunnel(): void;
  /**
   * Called when the other side has ended and the client has not. The client gets all that was written and then the
   * end, and may go on sending. `endTunnel` or `truncate` has to follow.
   */
  halfCloseTunnel(): void;
  /** Called when the other side has ended. All that was written is still delivered, then the tunnel closes. */
  endTunnel(): void;
}

export interface Exchange extends TunnelSide {
  readonly head: RequestHead;
  /** When the head's first byte came and when the head was complete, in milliseconds of the handler's clock. */
  readonly startedAt: number;
  readonly headAt: number;
  /**
   * The listener for events of the client. The code that works on the exchange sets it. Events before that are not
   * repeated.
   */
  listener: ExchangeListener;

  /** How many bytes the head had, and the body so far. */
  readonly headBytes: number;
  readonly bytesReceived: number;
  /** Whether the request is complete. */
  readonly bodyDone: boolean;
  readonly bodyPaused: boolean;
  /** Begins to deliver the body to `sink`. Until then the client's bytes are not read. May be called once. */
  readBody(sink: BodySink): void;
  pauseBody(): void;
  resumeBody(): void;

  /** The status of the final answer; 0 before there is one. */
  readonly status: number;
  /** How many bytes of the answer were sent so far, heads and framing included. */
  readonly bytesSent: number;
  /** Whether the answer has ended: by `end`, by `truncate`, or because the client is gone. */
  readonly responseEnded: boolean;
  /** Whether everything written so far has left, so that nothing refers to the memory that was handed over. */
  readonly settled: boolean;

  /** Relays an interim answer (RFC 9110 §15.2) before the final one, if this client may get interim answers. */
  inform(status: number, reason: string, fields: Fields): void;
  /**
   * Writes the final head, which leaves with the first bytes of the body, or at `flush`. `fields` contains no
   * framing. The exception is an answer to HEAD or a 304: its Content-Length tells the length of a body that is not
   * sent.
   * @param bodyLength a number of bytes, or CHUNKED or UNTIL_CLOSE when the length is not known
   */
  respond(status: number, reason: string, fields: Fields, bodyLength: number): void;
  /**
   * Does the same as `respond`, for a body of known length and a head that is text already. The text lacks only the
   * empty line and the lines about the connection. Only protocols whose heads are such text offer this. Not for
   * answers without a body (HEAD, 1xx, 204, 205, 304).
   */
  respondPlain?(status: number, head: string, bodyLength: number): void;
  /**
   * Forgets the answer so far, except interim answers, so that another one can be given. Returns false when it is too
   * late because part of the answer has left.
   */
  takeBack(): boolean;
  /** Adds bytes of the body; they leave at `flush` or `end`. An answer that has no body drops them. */
  write(chunk: Buffer): void;
  /** Adds bytes of the body, given as text of one character per byte, to an answer of known length. */
  writeText(text: string): void;
  /** Sends what was written. Returns false when the client is slow: wait for `listener.drained`. */
  flush(): boolean;
  /** Ends the answer. When it is shorter or longer than announced, the client sees it as truncated. */
  end(trailers?: Fields): void;
  /** Sends a complete answer at once. */
  answer(status: number, reason: string, fields: Fields, body: Buffer): void;
  /** Ends the answer in such a way that the client cannot take a part of it for the whole (RFC 9112 §8). */
  truncate(): void;

  /**
   * Makes this answer the last on its connection, and says so in its head. No effect for protocols whose answers do
   * not follow each other on a connection.
   */
  endConnection(): void;
  /** Makes the client's next request on this connection wait for `releaseNext`, even when this answer has ended. */
  holdNext(): void;
  releaseNext(): void;

  /** Passes a 101 on. From then on both directions carry plain bytes, and what the client sends goes to `receive`. */
  switchProtocols(
    reason: string,
    fields: Fields,
    receive: (chunk: Buffer) => void,
    ended: () => void,
  ): void;
}

/** The listener of an exchange whose handler has not set one. */
export const NO_LISTENER: ExchangeListener = {
  drained: () => {},
  halfClosed: () => {},
  aborted: () => {},
};
