// A listening socket, plain or TLS, that can share its port with other threads (SO_REUSEPORT) and
// stop accepting without touching the connections it has accepted.
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions, Server as TlsServer } from "node:tls";
import { acceptRaw } from "./accept.ts";
import type { Address } from "./address.ts";
import { cannotListen } from "./cannot-listen.ts";
import type { ReadBuffers, SocketReads } from "./reads.ts";
import { allowReset } from "./reset.ts";

export interface ListenerOptions {
  readonly address: Address;
  readonly tls?: TlsOptions;
  /** Other threads listen on the same port; the kernel spreads connections over them. */
  readonly reusePort?: boolean;
  readonly maxConnections?: number;
  /** Where plain connections read to; Node's own buffers when absent, and with TLS. */
  readonly buffers?: ReadBuffers;
  /** `reads` wants a reader when the connection reads into `buffers`. */
  readonly accepted: (socket: Socket, reads?: SocketReads) => void;
  /** A connection that never became one of ours: a failed or slow TLS handshake, or one too many. */
  readonly refused?: (error: Error, clientAddress: string) => void;
}

const HANDSHAKE_MS = 5_000;
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
  #sni: TlsOptions["SNICallback"];

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { tls, accepted, refused } = options;
    const socketOptions = { allowHalfOpen: true, noDelay: true };
    if (tls === undefined) {
      this.#server = createTcpServer(socketOptions, (socket) => accepted(socket));
    } else {
      this.#sni = tls.SNICallback;
      const server = createTlsServer({
        ...{ ...socketOptions, handshakeTimeout: HANDSHAKE_MS, ...tls },
        // Read at each handshake, so that it can be renewed.
        ...(tls.SNICallback && { SNICallback: this.#byName }),
      });
      server.on("secureConnection", (socket) => {
        allowReset(socket);
        accepted(socket);
      });
      server.on("tlsClientError", (error, socket) => {
        refused?.(error, socket.remoteAddress ?? "");
        socket.destroy();
      });
      server.on("connection", (socket: Socket) => {
        this.#raw.add(socket);
        socket.once("close", () => this.#raw.delete(socket));
      });
      this.#server = server;
    }
    const { maxConnections } = options;
    if (maxConnections === undefined) return;
    this.#server.maxConnections = maxConnections;
    this.#server.on("drop", (dropped) => this.#tooMany(dropped?.remoteAddress ?? ""));
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
          this.#server.on("error", (error) => this.#options.refused?.(error, ""));
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
      failed: (error) => this.#options.refused?.(error, ""),
      accepted: (socket, reads) => {
        this.#open += 1;
        socket.on("close", this.#closed);
        accepted(socket, reads);
      },
    });
  }

  readonly #closed = (): void => {
    this.#open -= 1;
  };

  #tooMany(clientAddress: string): void {
    const why = `${this.#server.maxConnections} connections are open already (maxConnections)`;
    this.#options.refused?.(new Error(why), clientAddress);
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
  renew(tls: TlsOptions): void {
    this.#sni = tls.SNICallback;
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(tls);
  }

  /** Connections that are in their handshake or serve: below TLS the first cannot be told from the second. */
  get arriving(): boolean {
    return this.#raw.size > 0;
  }

  /** Accepts no more; connections that exist go on. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  readonly #byName: NonNullable<TlsOptions["SNICallback"]> = (name, done) => {
    if (this.#sni === undefined) done(null);
    else this.#sni(name, done);
  };

  /** Closes, and ends TLS connections, also those in their handshake. Plain ones are their owner's to end. */
  stop(): void {
    this.close();
    for (const socket of this.#raw) socket.destroy();
  }
}
