// Opens sockets to one server, by TCP or TLS, within the time for connecting. Each TLS connection resumes the session
// of the previous connection.
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  allowReset,
  type Clock,
  type Names,
  type ReadBuffers,
  type ServerTls,
  SocketReads,
  type Timer,
} from "@tandem/transport";
import { verification, verifiedName } from "../server/server-tls.ts";
import type { ConnectFailure } from "./connect-failure.ts";
import { refusal } from "./refusal.ts";
import type { Pending } from "./reservation.ts";

export interface DialOptions {
  /** The server's name in the configuration. */
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number };
  readonly tls: ServerTls | undefined;
  /** The protocols that the TLS handshake offers; absent = it offers none. */
  readonly alpn?: readonly string[] | undefined;
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
  /** The options that verify the server's certificate; undefined without TLS. */
  readonly #verification: ReturnType<typeof verification> | undefined;
  #session: Buffer | undefined = undefined;

  constructor(options: DialOptions) {
    const { tls, name, address } = options;
    this.#options = options;
    this.#verification = tls && verification(tls, verifiedName(tls, name, address.host));
  }

  dial(listener: DialListener): Pending {
    const { buffers, clock, connectMs } = this.#options;
    const verified = this.#verification;
    const reads = new SocketReads(buffers);
    const socket =
      verified === undefined ? this.#connect(reads) : this.#connectTls(reads, verified);
    const dial = new Dial(socket, reads, listener, clock, connectMs);
    socket.once(verified === undefined ? "connect" : "secureConnect", () => dial.ready());
    return dial;
  }

  #connect(reads: SocketReads): Socket {
    return connectTcp(this.#where(reads));
  }

  #connectTls(reads: SocketReads, verified: ReturnType<typeof verification>): Socket {
    const session = this.#session === undefined ? {} : { session: this.#session };
    const { alpn } = this.#options;
    const offered = alpn === undefined ? {} : { ALPNProtocols: [...alpn] };
    const socket = connectTls({ ...this.#where(reads), ...verified, ...session, ...offered });
    allowReset(socket);
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
