// A listening socket, plain or TLS, that can share its port with other threads (SO_REUSEPORT) and
// stop accepting without touching the connections it has accepted.
import { createServer, type Server, type Socket } from "node:net";
import { acceptRaw } from "./accept.ts";
import type { Address } from "./address.ts";
import { cannotListen } from "./cannot-listen.ts";
import { Accepted } from "./listener/accepted.ts";
import type { ReadBuffers } from "./reads.ts";
import { TlsAcceptor } from "./tls/acceptor.ts";
import type { ListenerTls } from "./tls/listener-tls.ts";
import type { RefusedConnection } from "./tls/refusal.ts";

export interface ListenerOptions {
  readonly address: Address;
  readonly tls?: ListenerTls;
  /** Other threads listen on the same port; the kernel spreads connections over them. */
  readonly reusePort?: boolean;
  readonly maxConnections?: number;
  /** Where plain connections read to; Node's own buffers when absent, and with TLS. */
  readonly buffers?: ReadBuffers;
  readonly accepted: (accepted: Accepted) => void;
  /** Of a connection that never became one of ours: a failed or slow TLS handshake, or one too many. */
  readonly refused?: (refused: RefusedConnection) => void;
}

const BACKLOG = 1024;

export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  /** Below TLS: those still in their handshake are nobody else's to end. */
  readonly #raw = new Set<Socket>();
  /** The port in use, once it listens. */
  #port: number | undefined = undefined;
  /** Connections that did not come through Node's own accounting. */
  #open = 0;
  readonly #tls: TlsAcceptor | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { tls, accepted, refused = () => undefined, maxConnections } = options;
    const acceptor =
      tls &&
      new TlsAcceptor({
        ...{ tls, refused },
        accepted: (socket) => accepted(new Accepted(socket, undefined, socket)),
      });
    this.#tls = acceptor;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      if (acceptor === undefined) accepted(new Accepted(socket));
      else this.#handshake(socket, acceptor);
    });
    if (maxConnections === undefined) return;
    this.#server.maxConnections = maxConnections;
    this.#server.on("drop", (dropped) => this.#tooMany(dropped?.remoteAddress ?? ""));
  }

  #handshake(socket: Socket, acceptor: TlsAcceptor): void {
    this.#raw.add(socket);
    socket.once("close", () => this.#raw.delete(socket));
    acceptor.accept(socket);
  }

  /** Rejects with the address and what to do about it when it cannot be had. */
  listen(): Promise<void> {
    const { address, reusePort } = this.#options;
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => reject(cannotListen(error, address));
      this.#server.once("error", failed);
      const host = address.host === undefined ? {} : { host: address.host };
      const shared = reusePort === true && process.platform === "linux";
      this.#server.listen(
        { port: address.port, ...host, backlog: BACKLOG, reusePort: shared, exclusive: true },
        () => {
          this.#server.off("error", failed);
          // Of an accept that fails (EMFILE) the connection is gone; the next one may be taken again.
          this.#server.on("error", this.#failed);
          const bound = this.#server.address();
          if (bound !== null && typeof bound === "object") this.#port = bound.port;
          this.#acceptRaw();
          resolve();
        },
      );
    });
  }

  #acceptRaw(): void {
    const { buffers, tls, accepted } = this.#options;
    if (buffers === undefined || tls !== undefined) return;
    acceptRaw(this.#server, {
      buffers,
      room: () => this.#open < (this.#server.maxConnections ?? Number.POSITIVE_INFINITY),
      turnedAway: (address) => this.#tooMany(address),
      failed: this.#failed,
      accepted: (socket, reads) => {
        this.#open += 1;
        socket.on("close", this.#closed);
        accepted(new Accepted(socket, reads));
      },
    });
  }

  readonly #closed = (): void => {
    this.#open -= 1;
  };

  readonly #failed = ({ message: why }: Error): void => {
    this.#options.refused?.({ reason: "accept", why, client: "" });
  };

  #tooMany(client: string): void {
    const why = `${this.#server.maxConnections} connections are open already (maxConnections)`;
    this.#options.refused?.({ reason: "too-many", why, client });
  }

  /** The port in use, which differs from the one asked for when that was 0. */
  get port(): number {
    return this.#port ?? this.#options.address.port;
  }

  /** How many connections may be open from now on; those that are open stay. */
  set maxConnections(limit: number) {
    this.#server.maxConnections = limit;
  }

  /** Shows other certificates from the next handshake on. Only for a listener that was made with some. */
  renew(tls: ListenerTls): void {
    this.#tls?.renew(tls);
  }

  /** Session tickets are made and read with these 48 bytes from the next handshake on. */
  useTicketKeys(keys: Buffer): void {
    this.#tls?.useTicketKeys(keys);
  }

  /** Connections that are in their handshake or serve: below TLS the first cannot be told from the second. */
  get arriving(): boolean {
    return this.#raw.size > 0;
  }

  /** Accepts no more; connections that exist go on. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Closes, and ends TLS connections, also those in their handshake. Plain ones are their owner's to end. */
  stop(): void {
    this.close();
    for (const socket of this.#raw) socket.destroy();
  }
}
