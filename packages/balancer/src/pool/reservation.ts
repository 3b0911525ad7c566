// An idle connection set aside for a request until every socket that is ready has been read. Its server may
// have closed it, or have sent what nobody asked for: a request that went out at once would be lost with it,
// or take those bytes for its answer, and with them the next one's (RFC 9112 §6.3, §9.3). What arrives later
// than that cannot be told from an answer by anybody.
import type { Waiting } from "@tandem/transport";
import type { ServerConnection } from "./server-connection.ts";
import type { ServerStream } from "./server-stream.ts";

/** A connection on its way to whoever asked for it. */
export interface Pending {
  /** It is not wanted any more. */
  cancel(): void;
}

/** Whoever asked. Hears exactly once, unless it cancels before. */
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
  acquire(freshWithinMs: number): ServerConnection | undefined;
  putBack(connection: ServerConnection): void;
  connect(listener: ConnectListener): Pending;
}

export class Reservation implements Waiting, Pending {
  readonly #source: Source;
  readonly #listener: ConnectListener;
  readonly #freshWithinMs: number;
  #connection: ServerConnection | undefined;
  /** A new one, in place of one that was spoilt. */
  #instead: Pending | undefined = undefined;

  constructor(
    source: Source,
    connection: ServerConnection,
    listener: ConnectListener,
    freshWithinMs: number,
  ) {
    this.#source = source;
    this.#connection = connection;
    this.#listener = listener;
    this.#freshWithinMs = freshWithinMs;
  }

  cancel(): void {
    if (this.#connection !== undefined) this.#source.putBack(this.#connection);
    this.#connection = undefined;
    this.#instead?.cancel();
  }

  readsDone(): void {
    const reserved = this.#connection;
    if (reserved === undefined) return; // cancelled
    this.#connection = undefined;
    let connection: ServerConnection | undefined = reserved;
    if (!reserved.fresh) {
      reserved.destroy();
      connection = this.#source.acquire(this.#freshWithinMs);
    }
    if (connection === undefined) this.#instead = this.#source.connect(this.#listener);
    else this.#listener.connected(connection);
  }
}
