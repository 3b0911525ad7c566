// A connection that is being opened, and the requests that are to have a stream on it: one over HTTP/1.1, and as many as
// it is sure to take over a protocol with many streams, so that a hundred requests at once do not open a hundred.
import type { Socket } from "node:net";
import type { SocketReads } from "@tandem/transport";
import type { Connection } from "./connection.ts";
import type { DialListener, Dialler } from "./dial.ts";
import type { ConnectFailure, ConnectListener, Pending } from "./reservation.ts";

/** The pool that is to have the connection. */
export interface OpeningPool {
  /** The socket is connected, and speaks from now on. */
  opened(opening: Opening, socket: Socket, reads: SocketReads): Connection;
  /** Nothing comes of it. */
  failed(opening: Opening): void;
  /** For a request that the connection has no room for after all. */
  request(listener: ConnectListener): Pending;
}

export class Opening implements DialListener {
  readonly #pool: OpeningPool;
  readonly #streams: number;
  readonly #dial: Pending;
  /** In the order in which they came. */
  readonly #joined = new Set<Joined>();

  /** @param streams how many requests may join */
  constructor(pool: OpeningPool, dialler: Dialler, streams: number) {
    this.#pool = pool;
    this.#streams = streams;
    this.#dial = dialler.dial(this);
  }

  /** Another request may join. */
  get hasRoom(): boolean {
    return this.#joined.size < this.#streams;
  }

  join(listener: ConnectListener): Pending {
    const joined = new Joined(this, listener);
    this.#joined.add(joined);
    return joined;
  }

  /** A request is no longer there. Without any, the connection is not wanted. */
  leave(joined: Joined): void {
    if (!this.#joined.delete(joined) || this.#joined.size > 0) return;
    this.#dial.cancel();
    this.#pool.failed(this);
  }

  dialled(socket: Socket, reads: SocketReads): void {
    const connection = this.#pool.opened(this, socket, reads);
    // Each is taken out before it is told: what it begins may cancel others.
    for (const joined of this.#joined) {
      this.#joined.delete(joined);
      if (connection.room > 0) joined.listener.connected(connection.open());
      else joined.instead = this.#pool.request(joined.listener);
    }
  }

  dialFailed(failure: ConnectFailure): void {
    this.#pool.failed(this);
    for (const joined of this.#joined) {
      this.#joined.delete(joined);
      joined.listener.connectFailed(failure);
    }
  }
}

/** A request that waits for the connection. */
class Joined implements Pending {
  readonly listener: ConnectListener;
  /** Where it waits when the connection had no room. */
  instead: Pending | undefined = undefined;
  readonly #opening: Opening;

  constructor(opening: Opening, listener: ConnectListener) {
    this.#opening = opening;
    this.listener = listener;
  }

  cancel(): void {
    this.#opening.leave(this);
    this.instead?.cancel();
  }
}
