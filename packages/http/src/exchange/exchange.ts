// One request of a client and the answer to it, as a handler sees them, whatever protocol carries them. Each protocol
// implements this interface: HTTP/1.1 in session/h1-exchange.ts; memory-exchange.ts implements it without a connection.
// The guarantees that all implementations give are tested by exchange.contract.ts, which is run for each
// implementation.
import type { Fields } from "../message/fields.ts";
import type { RequestHead } from "../message/head.ts";
import type { BodySink } from "./body-sink.ts";

/** Why an exchange was aborted before its answer was complete. */
export type AbortCause =
  | "client-closed"
  /** The client neither sent nor read anything for the allowed time. */
  | "client-timeout"
  /** The client sends its body more slowly than the minimum rate. */
  | "body-too-slow"
  | "bad-body"
  /** The client broke the protocol of the whole connection, by this request or by something else on the connection. */
  | "broken-protocol"
  | "body-too-large"
  | "stopped";

/** Gets the events of an exchange's client. Handlers of exchanges implement this interface. */
export interface ExchangeListener {
  /** Called when the client has taken the bytes that were written, so that more may be written. */
  drained(): void;
  /** Called when the client has half-closed: it sends no more bytes, but may still be reading. */
  halfClosed(): void;
  /**
   * Called when the exchange is aborted, for example because the client is gone or broke the protocol. Work for the
   * client should stop. Called at most once, and never after the end of the exchange.
   */
  aborted(cause: AbortCause): void;
  /**
   * The last call: the exchange has ended, in whatever way. Here a listener can log its request. The session itself
   * does not call this method. It calls `SessionHandler.finished`, and the handler calls this method.
   */
  finished?(): void;
}

/**
 * How long a tunnel may be without traffic, in ms: `tunnel` while both sides are open, `clientFin` after the client has
 * half-closed.
 */
export interface TunnelTimeouts {
  readonly tunnel: number;
  readonly clientFin: number;
}

/** The client's side of a tunnel, after the client's protocol was switched (RFC 9110 §7.8). */
export interface TunnelSide {
  /**
   * For how long the client may be without traffic, in ms. The timeouts come from the configuration of the client's
   * session.
   */
  readonly tunnelTimeouts: TunnelTimeouts;
  /**
   * Sets the time at which the client is late, in ms on the handler's clock; `Infinity` = never. At that time
   * `aborted("client-timeout")` is called, unless the tunnel has ended before. The handler sets a later time whenever
   * the client or the server sends bytes.
   */
  set tunnelDeadline(at: number);
  /** Sends bytes to the client. Returns false when the client is slow; then wait for `listener.drained`. */
  writeTunnel(chunk: Buffer): boolean;
  /** Stops reading from the client until `resumeTunnel` is called. The handler calls this when the server is slow. */
  pauseTunnel(): void;
  resumeTunnel(): void;
  /**
   * Called when the server has ended its side and the client has not. The client gets all bytes that were written, then
   * the end of the stream, and may go on sending. `endTunnel` or `truncate` has to follow.
   */
  halfCloseTunnel(): void;
  /** Ends the tunnel. All bytes that were written are still delivered to the client, then the tunnel closes. */
  endTunnel(): void;
}

export interface Exchange extends TunnelSide {
  readonly head: RequestHead;
  /** When the head's first byte came and when the head was complete, in milliseconds of the handler's clock. */
  readonly startedAt: number;
  readonly headAt: number;
  /**
   * The listener for events of the client. The handler of the exchange sets it. Events that came before it was set are
   * not repeated.
   */
  listener: ExchangeListener;

  /** How many bytes the request's head had, and how many bytes of the request's body have come so far. */
  readonly headBytes: number;
  readonly bytesReceived: number;
  /** Whether the whole request was read, its body included. */
  readonly bodyDone: boolean;
  readonly bodyPaused: boolean;
  /**
   * Begins to deliver the body to `sink`. Until then at most a small part of the body is read from the connection. May
   * be called once.
   */
  readBody(sink: BodySink): void;
  pauseBody(): void;
  resumeBody(): void;

  /** The status of the final answer; 0 before there is one. */
  readonly status: number;
  /** How many bytes of the answer were sent so far, heads and framing included. */
  readonly bytesSent: number;
  /** Whether the answer has ended, for example by `end`, by `truncate`, or because the client is gone. */
  readonly responseEnded: boolean;
  /** Whether everything written so far has left, so that the caller may overwrite the buffers that it has written. */
  readonly settled: boolean;

  /** Relays an interim answer (RFC 9110 §15.2) before the final one, if this client may get interim answers. */
  inform(status: number, reason: string, fields: Fields): void;
  /**
   * Writes the head of the final answer. The head leaves with the first bytes of the body, or at
   * `flush`. `fields` must not contain Transfer-Encoding. `fields` may contain Content-Length only
   * in an answer to HEAD and in a 304, where it tells the length of the body that is not sent.
   * @param bodyLength a number of bytes, or CHUNKED or UNTIL_CLOSE when the length is not known
   */
  respond(status: number, reason: string, fields: Fields, bodyLength: number): void;
  /**
   * Does the same as `respond`, but gets the head as HTTP/1.1 text: status line and field lines. This method adds the
   * Connection field and the empty line. The body must have a known length. Not for answers without a body (HEAD,
   * 1xx, 204, 205, 304). Protocols whose heads are not text do not have this method.
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
  /** Sends everything that was written. Returns false when the client is slow; then wait for `listener.drained`. */
  flush(): boolean;
  /** Ends the answer. If its body is shorter or longer than announced, the client sees a truncated answer. */
  end(trailers?: Fields): void;
  /** Sends a complete answer at once. */
  answer(status: number, reason: string, fields: Fields, body: Buffer): void;
  /**
   * Cuts the answer short, in such a way that the client notices that the answer is incomplete (RFC
   * 9112 §8).
   */
  truncate(): void;

  /**
   * Makes this answer the last on its connection, and says so in its head. No effect for protocols whose answers do
   * not follow each other on a connection.
   */
  endConnection(): void;
  /** Makes the client's next request on this connection wait for `releaseNext`, even when this answer has ended. */
  holdNext(): void;
  releaseNext(): void;

  /**
   * Sends a 101 to the client. From then on both directions carry plain bytes: `receive` gets the bytes that the client
   * sends, and `ended` is called when the client has ended its side.
   */
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
