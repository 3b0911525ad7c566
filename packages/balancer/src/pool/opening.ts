// A connection that is being opened, and the requests that wait for a stream on it. Over HTTP/1.1 one request may
// wait. Over a protocol with many streams, as many requests may wait as the connection will probably take, so that a
// hundred requests at once do not open a hundred connections.
import type { Socket } from "node:net";
import type { SocketReads } from "@tandem/transport";
import type { ConnectFailure } from "./connect-failure.ts";
import type { BeginListener, Connection } from "./connection.ts";
import type { DialListener, Dialler } from "./dial.ts";
import type { ConnectListener, Pending } from "./reservation.ts";

/** The pool that the connection is opened for. */
export interface OpeningPool {
  /** Called when the socket is connected. Returns the connection that uses the socket, or why it cannot be used. */
  opened(socket: Socket, reads: SocketReads): Connection | ConnectFailure;
  /** Called when requests may be sent on the connection. */
  begun(opening: Opening, connection: Connection): void;
  /** Called when the connection could not be opened, or when no request waits for the connection any more. */
  failed(opening: Opening): void;
  /** Asks the pool for another stream, because the opened connection has no room for the request. */
  request(listener: ConnectListener): Pending;
}

const NO_ROOM = "the server takes no request on a new connection";

export class Opening implements DialListener, BeginListener {
  /** The time until which requests must be able to be sent, in milliseconds on the clock of `Deadlines`. */
  readonly until: number;
  readonly #pool: OpeningPool;
  readonly #streams: number;
  readonly #dial: Pending;
  /** The connection, while its protocol begins. */
  #connection: Connection | undefined = undefined;
  /** Waiting requests, in the order in which they came. */
  readonly #joined = new Set<Joined>();

  /**
   * @param streams how many requests may wait for the connection
   * @param header the PROXY header that the connection begins with; undefined = none
   */
  constructor(
    pool: OpeningPool,
    dialler: Dialler,
    streams: number,
    until: number,
    header: Buffer | undefined,
  ) {
    this.#pool = pool;
    this.#streams = streams;
    this.until = until;
    this.#dial = dialler.dial(this, header);
  }

  /** Returns whether another request may wait for the connection. */
  get hasRoom(): boolean {
    return this.#joined.size < this.#streams;
  }

  join(listener: ConnectListener): Pending {
    const joined = new Joined(this, listener);
    this.#joined.add(joined);
    return joined;
  }

  /** Called when a request has been cancelled. When no waiting request is left, opening is given up. */
  leave(joined: Joined): void {
    if (!this.#joined.delete(joined) || this.#joined.size > 0) return;
    this.#dial.cancel();
    this.#connection?.destroy();
    this.#pool.failed(this);
  }

  dialled(socket: Socket, reads: SocketReads): void {
    const connection = this.#pool.opened(socket, reads);
    if ("code" in connection) {
      socket.destroy();
      this.dialFailed(connection);
    } else if (connection.awaitBegin === undefined) this.begun(connection);
    else {
      this.#connection = connection;
      connection.deadline = this.until;
      connection.awaitBegin(this);
    }
  }

  dialFailed(failure: ConnectFailure): void {
    this.#pool.failed(this);
    for (const joined of this.#joined) {
      this.#joined.delete(joined);
      joined.listener.connectFailed(failure);
    }
  }

  // The following methods are those of the interface `BeginListener`.

  begun(connection: Connection): void {
    this.#connection = undefined;
    // To ask for another connection would go on without end while the server answers each in this way.
    if (connection.room === 0) {
      connection.destroy();
      this.dialFailed({ code: "connect-refused", why: NO_ROOM });
      return;
    }
    this.#pool.begun(this, connection);
    // A request is taken out before its listener is called, because the listener may cancel other requests.
    for (const joined of this.#joined) {
      this.#joined.delete(joined);
      if (connection.room > 0) joined.listener.connected(connection.open());
      else joined.instead = this.#pool.request(joined.listener);
    }
  }

  beginFailed(failure: ConnectFailure): void {
    this.#connection = undefined;
    this.dialFailed(failure);
  }
}

/** A request that waits for the connection to open. */
class Joined implements Pending {
  readonly listener: ConnectListener;
  /** The stream that the request waits for instead, when the connection had no room for the request. */
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
