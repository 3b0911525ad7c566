// A stream of a connection: one request and its answer (RFC 9113 §5.1). The stream keeps the states of its two halves, and
// what could not be sent yet.
//
//   open ──▶ one half is done (END_STREAM) ──▶ both are done: closed, and no longer in the connection's table
//     └────────────── RST_STREAM ─────────────▶ closed
import type { Fields } from "../message/fields.ts";
import { type H2Failure, NO_ERROR } from "./error-code.ts";
import { ReceiveWindow } from "./receive-window.ts";

/** Gets the events of a stream. */
export interface StreamListener {
  /** Gets bytes of the body, valid during the call. The listener calls `H2Stream.used` when it has used them. */
  data(chunk: Buffer): void;
  /** Called when the peer's half is complete. */
  ended(trailers: Fields | undefined): void;
  /** Called when everything that was written has left the stream. */
  drained(): void;
  /** The last call: the stream ended before both halves were done. */
  aborted(failure: H2Failure): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  /** Sends what the stream has queued, as far as the windows allow. */
  send(stream: H2Stream): void;
  /** Gives room back to the peer. */
  used(stream: H2Stream, bytes: number): void;
  /** Ends the stream with RST_STREAM. */
  reset(stream: H2Stream, code: number): void;
}

export class H2Stream {
  readonly id: number;
  listener: StreamListener | undefined = undefined;
  /** Whether the peer, or we, have ended the half. */
  remoteDone: boolean;
  localDone = false;
  closed = false;
  /** Whether the head of the peer's message has come, so that its body may follow. */
  headed = true;
  /** How many bytes of DATA we may send. A setting of the peer may make it negative (§6.9.2). */
  sendWindow: number;
  readonly receiveWindow: ReceiveWindow;
  /** How many bytes of the body have not come; negative when its length is not known. */
  bodyLeft: number;
  /** How many bytes of the peer's body the listener was given and has not used. */
  unread = 0;
  /** Pieces of the body that wait to be sent, the first from `offset` on. */
  readonly queue: Buffer[] = [];
  offset = 0;
  queued = 0;
  /** How many bytes of the body have been sent. */
  sent = 0;
  /** Whether the half ends behind the queue, and the trailers that end it. */
  ending = false;
  trailers: Fields | undefined = undefined;
  /** Whether the stream is over when our half is, whatever the peer has still to send. */
  restUnwanted = false;
  readonly #owner: StreamOwner;

  constructor(
    owner: StreamOwner,
    id: number,
    sendWindow: number,
    receiveWindow: number,
    bodyLength: number,
    remoteDone: boolean,
  ) {
    this.#owner = owner;
    this.id = id;
    this.sendWindow = sendWindow;
    this.receiveWindow = new ReceiveWindow(receiveWindow);
    this.bodyLeft = bodyLength;
    this.remoteDone = remoteDone;
  }

  /** Adds bytes of the body. They are sent at `flush` or `end`, and must not change until then. */
  write(chunk: Buffer): void {
    if (chunk.length === 0 || this.ending || this.closed) return;
    this.queue.push(chunk);
    this.queued += chunk.length;
  }

  /** Sends what was written. Returns false when some of it has to wait; then wait for `listener.drained`. */
  flush(): boolean {
    this.#owner.send(this);
    return this.queued === 0;
  }

  /** Ends our half, behind everything that was written. */
  end(trailers?: Fields): void {
    if (this.ending || this.closed) return;
    this.ending = true;
    this.trailers = trailers;
    this.#owner.send(this);
  }

  /**
   * Ends the peer's half as well, once our own half has ended and has left: the peer need not send the rest (§8.1). The
   * listener is not told.
   */
  endRest(): void {
    this.restUnwanted = true;
    if (this.localDone && !this.remoteDone) this.reset(NO_ERROR);
  }

  /** Says that bytes of the peer's body were used, so that it may send as many more. */
  used(bytes: number): void {
    const counted = Math.min(bytes, this.unread);
    if (counted > 0) this.#owner.used(this, counted);
  }

  /** Ends the stream with RST_STREAM. The listener is not told. */
  reset(code: number): void {
    if (!this.closed) this.#owner.reset(this, code);
  }
}
