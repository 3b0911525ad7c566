// Opens sockets to one server, by TCP or TLS, within the time for connecting. Each TLS connection resumes the session
// of the previous connection. A PROXY header goes before TLS.
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, TLSSocket } from "node:tls";
import {
  allowReset,
  type Clock,
  deliverBeforeEnd,
  type Names,
  type ReadBuffers,
  readsOfTls,
  type ServerTls,
  SocketReads,
  type Timer,
} from "@tandem/transport";
import { type Verification, verification, verifiedName } from "../server/server-tls.ts";
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
  readonly #verification: Verification | undefined;
  #session: Buffer | undefined = undefined;

  constructor(options: DialOptions) {
    const { tls, name, address } = options;
    this.#options = options;
    this.#verification = tls && verification(tls, verifiedName(tls, name, address.host));
  }

  /** @param header the first bytes that the server gets, before TLS: a PROXY header; undefined = none */
  dial(listener: DialListener, header?: Buffer): Pending {
    const { buffers, clock, connectMs } = this.#options;
    const dial = new Dial(listener, clock, connectMs);
    const verified = this.#verification;
    if (verified !== undefined && header !== undefined) {
      this.#dialTlsAfter(header, verified, dial);
      return dial;
    }
    const reads = new SocketReads(buffers, verified !== undefined);
    const where = this.#where(reads);
    const socket = verified === undefined ? connectTcp(where) : this.#connectTls(where, verified);
    if (socket instanceof TLSSocket) deliverBeforeEnd(socket, reads);
    dial.follow(socket);
    socket.once(verified === undefined ? "connect" : "secureConnect", () => {
      if (header !== undefined) socket.write(header);
      dial.ready(socket, reads);
    });
    return dial;
  }

  /** The header is sent by TCP, and then the handshake begins on the same connection. */
  #dialTlsAfter(header: Buffer, verified: Verification, dial: Dial): void {
    const below = connectTcp(this.#where());
    dial.follow(below);
    below.once("connect", () => {
      below.write(header);
      const { address, buffers } = this.#options;
      const socket = this.#connectTls({ ...address, socket: below }, verified);
      dial.follow(socket);
      socket.once("secureConnect", () => dial.ready(socket, readsOfTls(socket, buffers)));
    });
  }

  #connectTls(where: ConnectionOptions, verified: Verification): TLSSocket {
    const session = this.#session === undefined ? {} : { session: this.#session };
    const { alpn } = this.#options;
    const offered = alpn === undefined ? {} : { ALPNProtocols: [...alpn] };
    const socket = connectTls({ ...where, ...verified, ...session, ...offered });
    allowReset(socket);
    socket.on("session", (ticket) => {
      this.#session = ticket;
    });
    return socket;
  }

  /**
   * Returns the options for the socket. The socket may stay half open, because a tunnel needs that. Outside a tunnel,
   * we end our side as soon as the server has ended its side. @param reads undefined = nothing is read from this socket
   */
  #where(reads?: SocketReads) {
    const { address, names } = this.#options;
    const onread = reads && { onread: reads.onread };
    return { ...address, lookup: names.lookup, noDelay: true, allowHalfOpen: true, ...onread };
  }
}

class Dial implements Pending {
  readonly #listener: DialListener;
  readonly #timer: Timer;
  /** The socket that is being connected; the TLS socket once its handshake has begun. */
  #socket: Socket | undefined = undefined;
  #settled = false;

  constructor(listener: DialListener, clock: Clock, connectMs: number) {
    this.#listener = listener;
    this.#timer = clock.after(connectMs, () =>
      this.#fail({ code: "connect-timeout", why: `no connection within ${connectMs} ms` }),
    );
  }

  /** From now on, an error of `socket` is a failure to connect, and a failure destroys the socket. */
  follow(socket: Socket): void {
    this.#socket = socket;
    socket.on("error", this.#refused);
  }

  ready(socket: Socket, reads: SocketReads): void {
    if (!this.#settle()) return;
    socket.off("error", this.#refused);
    this.#listener.dialled(socket, reads);
  }

  cancel(): void {
    if (this.#settle()) this.#socket?.destroy();
  }

  readonly #refused = (error: Error): void => this.#fail(refusal(error));

  #fail(failure: ConnectFailure): void {
    if (!this.#settle()) return;
    this.#socket?.destroy();
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
