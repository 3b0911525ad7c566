// A stream on a connection that is open already, set aside for a request until every socket that is ready has been read.
// The server may have closed the connection, or have sent what was not asked for: a request that went out at once would
// be lost with it, or take those bytes for its answer, and with them the next one's (RFC 9112 §6.3, §9.3). Bytes that
// arrive later than that cannot be told from an answer.
import type { Waiting } from "@tandem/transport";
import type { UnusedStream } from "./connection.ts";
import type { ServerStream } from "./server-stream.ts";

/** A stream on its way to the request that asked for it. */
export interface Pending {
  /** It is not wanted any more. */
  cancel(): void;
}

/** The request that asked. Told exactly once, unless it cancels before. */
export interface ConnectListener {
  connected(stream: ServerStream): void;
  connectFailed(failure: ConnectFailure): void;
}

export interface ConnectFailure {
  /** `out-of-resources`: it was never tried, for want of descriptors, ports or memory of our own. */
  readonly code: "connect-refused" | "connect-timeout" | "tls-refused" | "out-of-resources";
  readonly why: string;
}

/** Where another one is had. */
interface Source {
  acquire(freshWithinMs: number): UnusedStream | undefined;
  connect(listener: ConnectListener): Pending;
}

export class Reservation implements Waiting, Pending {
  readonly #source: Source;
  readonly #listener: ConnectListener;
  readonly #freshWithinMs: number;
  #stream: UnusedStream | undefined;
  /** A new one, in place of one that was spoilt. */
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
    if (reserved === undefined) return; // cancelled
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
