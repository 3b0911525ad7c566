// One request of a client and the answer to it, as a handler sees them, whatever protocol carries them. Each protocol
// implements this interface: HTTP/1.1 in session/h1-exchange.ts, memory in memory-exchange.ts. What all
// implementations guarantee is in exchange.contract.ts, which is run for each of them.
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

/** Told about the client after the exchange was handed over. */
export interface ExchangeListener {
  /** The client took what was written, so more may be written. */
  drained(): void;
  /** The client has sent everything it will send. It may still be reading. */
  halfClosed(): void;
  /** The client is gone or broke the protocol, so stop working for it. Called at most once, never after the end. */
  aborted(cause: AbortCause): void;
  /**
   * The exchange is over, in whatever way it ended. This is the last call. It serves listeners that keep accounts of
   * their request. It results from the session's report about all exchanges (`SessionHandler.finished`).
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
  /** For how long the client may be without traffic, in ms; what the protocol's session was given. */
  readonly tunnelTimeouts: TunnelTimeouts;
  /**
   * When the client is late, on the handler's clock: `aborted("client-timeout")` is told then. The handler moves it with
   * the traffic of both sides; `Infinity` = never. Nothing happens once the tunnel has ended.
   */
  set tunnelDeadline(at: number);
  /** Sends bytes. False when the client is slow: wait for `listener.drained`. */
  writeTunnel(chunk: Buffer): boolean;
  /** The other side is slow. Stops reading from the client until `resumeTunnel`. */
  pauseTunnel(): void;
  resumeTunnel(): void;
  /**
   * The other side has ended and the client has not: it gets what was written and the end of it, and may
   * go on sending. `endTunnel` or `truncate` has to follow.
   */
  halfCloseTunnel(): void;
  /** The other side has ended. What was written is still delivered, then the tunnel closes. */
  endTunnel(): void;
}

export interface Exchange extends TunnelSide {
  readonly head: RequestHead;
  /** When the head's first byte came and when the head was complete, in milliseconds of the handler's clock. */
  readonly startedAt: number;
  readonly headAt: number;
  /** Set by the code that works on the exchange. Earlier events are not repeated. */
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
  /** Whether the answer is over: by `end`, by `truncate`, or because the client is gone. */
  readonly responseEnded: boolean;
  /** Everything written so far has left, so that nothing refers to the memory that was handed over. */
  readonly settled: boolean;

  /** Relays an interim answer (RFC 9110 §15.2) before the final one, if this client may get interim answers. */
  inform(status: number, reason: string, fields: Fields): void;
  /**
   * Writes the final head, which leaves with the first bytes of the body, or at `flush`. `fields` contains no
   * framing. The exception is the Content-Length in an answer to HEAD or in a 304, which is that of a body it does
   * not have.
   * @param bodyLength a number of bytes, or CHUNKED or UNTIL_CLOSE when the length is not known
   */
  respond(status: number, reason: string, fields: Fields, bodyLength: number): void;
  /**
   * As `respond`, for a body of known length and a head that is text already. The text lacks only the empty line and
   * what the head says about the connection. Only protocols whose heads are such text offer this. Not for answers
   * without a body (HEAD, 1xx, 204, 205, 304).
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
  /** The client's next request on this connection waits for `releaseNext`, even when this answer has ended. */
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
