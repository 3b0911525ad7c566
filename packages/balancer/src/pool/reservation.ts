// A stream on an open connection, set aside for a request until the event loop has read every socket that has data.
// The reads may show that the server has closed the connection, or has sent bytes without a request. If the request
// had been sent at once, it would be lost with the connection, or those bytes would be taken for its answer, and the
// next request would get a wrong answer as well (RFC 9112 §6.3, §9.3). Bytes that arrive after the request was sent
// cannot be told from an answer.
import type { ReadsDoneListener } from "@tandem/transport";
import type { ConnectFailure } from "./connect-failure.ts";
import type { UnusedStream } from "./connection.ts";
import type { ServerStream } from "./server-stream.ts";

/** A stream that was asked for and has not been handed out yet. */
export interface Pending {
  /** Called when the stream is not wanted any more. */
  cancel(): void;
}

/**
 * The request that asked for a stream. Exactly one of the methods is called, once, unless the request cancels before.
 */
export interface ConnectListener {
  connected(stream: ServerStream): void;
  connectFailed(failure: ConnectFailure): void;
}

/** The pool's methods for getting another stream, on an open or a new connection. */
interface Source {
  acquire(freshWithinMs: number): UnusedStream | undefined;
  connect(listener: ConnectListener): Pending;
}

export class Reservation implements ReadsDoneListener, Pending {
  readonly #source: Source;
  readonly #listener: ConnectListener;
  readonly #freshWithinMs: number;
  #stream: UnusedStream | undefined;
  /** The pending request for a stream on a new connection, after the reserved stream turned out to be unusable. */
  #instead: Pending | undefined = undefined;

  constructor(
    source: Source,
    stream: UnusedStream,
    listener: ConnectListener,
    freshWithinMs: number,
  ) {
    this.#source = source;
    this.#stream = stream;
    this.#listener = listener;
    this.#freshWithinMs = freshWithinMs;
  }

  cancel(): void {
    this.#stream?.putBack();
    this.#stream = undefined;
    this.#instead?.cancel();
  }

  readsDone(): void {
    const reserved = this.#stream;
    if (reserved === undefined) return; // the request has cancelled
    this.#stream = undefined;
    let stream: UnusedStream | undefined = reserved;
    if (!reserved.fresh) {
      reserved.destroy();
      stream = this.#source.acquire(this.#freshWithinMs);
    }
    if (stream === undefined) this.#instead = this.#source.connect(this.#listener);
    else this.#listener.connected(stream);
  }
}
