// One request of a client and the answer to it, as a handler sees them, whatever protocol carries them. A
// protocol implements it: HTTP/1.1 in session/h1-exchange.ts, memory in memory-exchange.ts. What every one of
// them owes is in exchange.contract.ts, and is run over each.
import type { Fields } from "../message/fields.ts";
import type { RequestHead } from "../message/head.ts";
import type { BodySink } from "./body-sink.ts";

/** Why an exchange ended before its answer did. */
export type AbortCause =
  | "client-closed"
  /** It neither sent nor read for as long as it may. */
  | "client-timeout"
  /** Its body comes, and slower than it has to. */
  | "body-too-slow"
  | "bad-body"
  | "body-too-large"
  | "stopped";

/** Told about the client's side after the exchange was handed over. */
export interface ExchangeListener {
  /** The client took what was written; more may be written. */
  drained(): void;
  /** The client has sent all it will; it may still be reading. */
  halfClosed(): void;
  /** The client is gone or broke the protocol: stop working for it. Called at most once, never after the end. */
  aborted(cause: AbortCause): void;
  /**
   * The exchange is over, whichever way it ended: the last call. For a listener that keeps an account of its request. It
   * comes from what a session tells of all exchanges (`SessionHandler.finished`).
   */
  finished?(): void;
}

/** The bytes of a client once its protocol was switched (RFC 9110 §7.8). */
export interface TunnelSide {
  /** Sends bytes. False when the client is slow: wait for `listener.drained`. */
  writeTunnel(chunk: Buffer): boolean;
  /** The other side is slow: reads no more of the client until `resumeTunnel`. */
  pauseTunnel(): void;
  resumeTunnel(): void;
  /**
   * The other side has ended and the client has not: it gets what was written and the end of it, and may
   * go on sending. The client's timeouts no longer hold; `endTunnel` or `truncate` has to follow.
   */
  halfCloseTunnel(): void;
  /** The other side has ended: what was written is still delivered, then the tunnel closes. */
  endTunnel(): void;
}

export interface Exchange extends TunnelSide {
  readonly head: RequestHead;
  /** When the head's first byte came, and when it was complete; milliseconds of the handler's clock. */
  readonly startedAt: number;
  readonly headAt: number;
  /** The one who works on it sets this; what happens before is not told again. */
  listener: ExchangeListener;

  /** Bytes of the head, and of the body so far. */
  readonly headBytes: number;
  readonly bytesReceived: number;
  /** The request is complete. */
  readonly bodyDone: boolean;
  readonly bodyPaused: boolean;
  /** Begins to deliver the body to `sink`; until then the client is held back. Once. */
  readBody(sink: BodySink): void;
  pauseBody(): void;
  resumeBody(): void;

  /** Status of the final answer; 0 before it. */
  readonly status: number;
  /** Bytes of the answer so far, heads and framing included. */
  readonly bytesSent: number;
  /** It is over: by `end`, `truncate`, or because the client is gone. */
  readonly responseEnded: boolean;
  /** Everything written so far has left: no memory that was handed over is referred to. */
  readonly settled: boolean;

  /** Relays an interim answer (RFC 9110 §15.2) to a client that may get one, before the final answer. */
  inform(status: number, reason: string, fields: Fields): void;
  /**
   * Writes the final head. `fields` carries no framing, except the Content-Length that an answer to
   * HEAD or a 304 shows for a body it does not have. It leaves with the first body bytes, or at `flush`.
   * @param bodyLength bytes, or CHUNKED or UNTIL_CLOSE when that is not known
   */
  respond(status: number, reason: string, fields: Fields, bodyLength: number): void;
  /**
   * The same for a body of known length and a head kept as text, all but its empty line and what it says about
   * the connection. Only a protocol whose heads are such text offers it. Not for answers without a body (HEAD,
   * 1xx, 204, 205, 304).
   */
  respondPlain?(status: number, head: string, bodyLength: number): void;
  /**
   * As if nothing had been answered yet, apart from interim answers. False when it is too late: some of the
   * answer has left.
   */
  takeBack(): boolean;
  /** Adds body bytes; they leave at `flush` or `end`. An answer that has no body drops them. */
  write(chunk: Buffer): void;
  /** Adds body bytes given as text, a character per byte, to an answer of known length. */
  writeText(text: string): void;
  /** Sends what was written. False when the client is slow: wait for `listener.drained`. */
  flush(): boolean;
  /** Ends the answer. One that is shorter or longer than announced is passed on as truncation. */
  end(trailers?: Fields): void;
  /** A complete answer of our own. */
  answer(status: number, reason: string, fields: Fields, body: Buffer): void;
  /** Ends it so that the client cannot take a partial answer for a whole one (RFC 9112 §8). */
  truncate(): void;

  /** This answer is the last on its connection, where one answer follows another on one; says so in its head. */
  endConnection(): void;
  /** What the client asks next on its connection waits for `releaseNext`, also when this answer has ended. */
  holdNext(): void;
  releaseNext(): void;

  /** Passes a 101 on; from then on both sides are bytes only, and what the client sends goes to `receive`. */
  switchProtocols(
    reason: string,
    fields: Fields,
    receive: (chunk: Buffer) => void,
    ended: () => void,
  ): void;
}

/** What an exchange tells while its handler has set none. */
export const NO_LISTENER: ExchangeListener = {
  drained: () => {},
  halfClosed: () => {},
  aborted: () => {},
};
