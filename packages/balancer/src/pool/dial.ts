// Opens sockets to one server, by TCP or TLS, within the time for connecting. Each TLS connection resumes the session
// of the previous connection.
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  type Clock,
  type internalClientOptions,
  type Names,
  type ReadBuffers,
  SocketReads,
  type Timer,
} from "@tandem/transport";
import { refusal } from "./refusal.ts";
import type { ConnectFailure, Pending } from "./reservation.ts";

export interface DialOptions {
  /** The server's name. With TLS, the server's certificate must be valid for this name. */
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number };
  readonly tls: ReturnType<typeof internalClientOptions> | undefined;
  readonly connectMs: number;
  /** Resolves the address when its host is a name. */
  readonly names: Names;
  readonly clock: Clock;
  readonly buffers: ReadBuffers;
}

/** The listener that is told how connecting ended: exactly once, unless the listener cancels before. */
export interface DialListener {
  dialled(socket: Socket, reads: SocketReads): void;
  dialFailed(failure: ConnectFailure): void;
}

export class Dialler {
  readonly #options: DialOptions;
  #session: Buffer | undefined = undefined;

  constructor(options: DialOptions) {
    this.#options = options;
  }

  dial(listener: DialListener): Pending {
    const { tls, buffers, clock, connectMs } = this.#options;
    const reads = new SocketReads(buffers);
    const socket = tls === undefined ? this.#connect(reads) : this.#connectTls(reads, tls);
    const dial = new Dial(socket, reads, listener, clock, connectMs);
    socket.once(tls === undefined ? "connect" : "secureConnect", () => dial.ready());
    return dial;
  }

  #connect(reads: SocketReads): Socket {
    return connectTcp(this.#where(reads));
  }

  #connectTls(reads: SocketReads, tls: NonNullable<DialOptions["tls"]>): Socket {
    const session = this.#session === undefined ? {} : { session: this.#session };
    const socket = connectTls({
      ...this.#where(reads),
      ...tls,
      ...session,
      servername: this.#options.name,
    });
    socket.on("session", (ticket) => {
      this.#session = ticket;
    });
    return socket;
  }

  /**
   * Returns the options for the socket. The socket may stay half open, because a tunnel needs that. Outside a tunnel,
   * we end our side as soon as the server has ended its side.
   */
  #where({ onread }: SocketReads) {
    const { address, names } = this.#options;
    return { ...address, lookup: names.lookup, noDelay: true, allowHalfOpen: true, onread };
  }
}

class Dial implements Pending {
  readonly #socket: Socket;
  readonly #reads: SocketReads;
  readonly #listener: DialListener;
  readonly #timer: Timer;
  #settled = false;

  constructor(
    socket: Socket,
    reads: SocketReads,
    listener: DialListener,
    clock: Clock,
    connectMs: number,
  ) {
    this.#socket = socket;
    this.#reads = reads;
    this.#listener = listener;
    this.#timer = clock.after(connectMs, () =>
      this.#fail({ code: "connect-timeout", why: `no connection within ${connectMs} ms` }),
    );
    socket.on("error", this.#refused);
  }

  ready(): void {
    if (!this.#settle()) return;
    this.#socket.off("error", this.#refused);
    this.#listener.dialled(this.#socket, this.#reads);
  }

  cancel(): void {
    if (this.#settle()) this.#socket.destroy();
  }

  readonly #refused = (error: Error): void => this.#fail(refusal(error));

  #fail(failure: ConnectFailure): void {
    if (!this.#settle()) return;
    this.#socket.destroy();
    this.#listener.dialFailed(failure);
  }

  /** Ends the dialling. Returns false when the dialling had ended before. */
  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#timer.cancel();
    return true;
  }
}
