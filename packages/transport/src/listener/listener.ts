// A listening socket, plain or TLS, that can share its port with other threads (SO_REUSEPORT) and stop accepting without
// touching the connections it has accepted. A connection passes these stages, each a file of this folder:
//
//   kernel ─▶ raw-accept ─▶ [preface] ─▶ [hello] ─▶ [handshake] ─▶ accepted
//                               │           └──passed on as it came──▶ a handler of the hello's
//                               └─ any of them may refuse it; together they have `ARRIVAL_MS`
//
// What stands in brackets is there where the options ask for it: a plain connection without a preface is accepted at once.
import { createServer, type Server, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Address } from "../address.ts";
import { cannotListen } from "../cannot-listen.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { ReadBuffers, SocketReads } from "../reads.ts";
import type { ListenerTls } from "../tls/listener-tls.ts";
import type { RefusedConnection } from "../tls/refusal.ts";
import { Accepted, peerOf } from "./accepted.ts";
import { Arrival, arrivalOf } from "./arrival.ts";
import { Handshakes } from "./handshake.ts";
import { type HelloRoute, readHello } from "./hello.ts";
import { type Preface, readPreface } from "./preface.ts";
import { acceptRaw } from "./raw-accept.ts";
import { readIntoBuffers } from "./tls-reads.ts";

export interface ListenerOptions {
  readonly address: Address;
  readonly tls?: ListenerTls;
  /** Comes before anything else on each connection. */
  readonly preface?: Preface | undefined;
  /** Which connections are passed on before TLS begins. Only with `tls`. */
  readonly hello?: HelloRoute | undefined;
  /** Other threads listen on the same port; the kernel spreads connections over them. */
  readonly reusePort?: boolean;
  readonly maxConnections?: number;
  /** Where connections read to; Node's own buffers when absent. */
  readonly buffers?: ReadBuffers;
  readonly accepted: (accepted: Accepted) => void;
  /** Of a connection that never became one of ours: a stage refused it, or it was one too many. */
  readonly refused?: (refused: RefusedConnection) => void;
  readonly clock?: Clock | undefined;
}

const BACKLOG = 1024;

export class Listener {
  readonly #options: ListenerOptions;
  readonly #clock: Clock;
  readonly #server: Server;
  /**
   * Connections on their way, and those below TLS until they close: only the listener can end the first, and cannot tell
   * them from the second.
   */
  readonly #arrivals = new Set<Socket>();
  /** The port in use, once it listens. */
  #port: number | undefined = undefined;
  /** Connections that did not come through Node's own accounting. */
  #open = 0;
  readonly #handshakes: Handshakes | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { tls, maxConnections } = options;
    this.#handshakes =
      tls && new Handshakes({ tls, succeeded: this.#succeeded, failed: this.#handshakeFailed });
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#arrived(socket),
    );
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
    const { buffers, tls } = this.#options;
    if (buffers === undefined || tls !== undefined) return;
    acceptRaw(this.#server, {
      buffers,
      room: () => this.#open < (this.#server.maxConnections ?? Number.POSITIVE_INFINITY),
      turnedAway: (address) => this.#tooMany(address),
      failed: this.#failed,
      accepted: (socket, reads) => {
        this.#open += 1;
        socket.on("close", this.#closed);
        this.#arrived(socket, reads);
      },
    });
  }

  readonly #closed = (): void => {
    this.#open -= 1;
  };

  // The stages

  #arrived(socket: Socket, reads?: SocketReads): void {
    const { preface, hello, accepted } = this.#options;
    const handshakes = this.#handshakes;
    if (preface === undefined && handshakes === undefined) {
      accepted(new Accepted(socket, reads));
      return;
    }
    const arrival = new Arrival(socket, reads, this.#refused);
    this.#arrivals.add(socket);
    socket.once("close", () => this.#arrivals.delete(socket));
    // Without a stage that reads, Node's own limit on handshakes is the only one needed.
    if (preface !== undefined || hello !== undefined || handshakes?.byName)
      arrival.limit(this.#clock);
    if (preface === undefined) this.#prefaced(arrival);
    else readPreface(preface, arrival, peerOf(socket), this.#prefaced);
  }

  readonly #prefaced = (arrival: Arrival): void => {
    if (this.#handshakes === undefined) this.#pass(arrival, this.#options.accepted);
    else if (this.#options.hello !== undefined || this.#handshakes.byName)
      readHello(arrival, this.#greeted);
    else this.#greeted(arrival, "");
  };

  readonly #greeted = (arrival: Arrival, name: string): void => {
    const handler = this.#options.hello?.(name);
    if (handler !== undefined) this.#pass(arrival, handler);
    else {
      arrival.release();
      this.#handshakes?.begin(arrival.socket, name);
    }
  };

  /** As it came, without TLS of ours: it is its new owner's to end. */
  #pass(arrival: Arrival, handler: (accepted: Accepted) => void): void {
    const { socket, reads, ends } = arrival;
    if (!arrival.handOver()) return;
    this.#arrivals.delete(socket);
    arrival.release();
    handler(new Accepted(socket, reads, undefined, ends));
  }

  readonly #succeeded = (socket: TLSSocket, below: Socket | undefined): void => {
    const arrival = arrivalOf(below);
    // Should Node not tell what is below, a preface has to have said nothing: it would be forgotten here.
    if (arrival?.handOver() === false || (arrival === undefined && this.#options.preface)) {
      socket.destroy();
      return;
    }
    const { buffers, accepted } = this.#options;
    const reads = buffers && readIntoBuffers(socket, buffers);
    accepted(new Accepted(socket, reads, socket, arrival?.ends));
  };

  readonly #handshakeFailed = (refused: RefusedConnection, below: Socket | undefined): void => {
    const arrival = arrivalOf(below);
    if (arrival === undefined) this.#refused(refused);
    else arrival.refuse(refused.reason, refused.why);
  };

  readonly #refused = (refused: RefusedConnection): void => {
    this.#options.refused?.(refused);
  };

  readonly #failed = ({ message: why }: Error): void => {
    this.#refused({ reason: "accept", why, client: "" });
  };

  #tooMany(client: string): void {
    const why = `${this.#server.maxConnections} connections are open already (maxConnections)`;
    this.#refused({ reason: "too-many", why, client });
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
    this.#handshakes?.renew(tls);
  }

  /** Session tickets are made and read with these 48 bytes from the next handshake on. */
  useTicketKeys(keys: Buffer): void {
    this.#handshakes?.useTicketKeys(keys);
  }

  /** Connections are on their way here, or serve with TLS: below TLS the first cannot be told from the second. */
  get arriving(): boolean {
    return this.#arrivals.size > 0;
  }

  /** Accepts no more; connections that exist go on. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Closes, and ends connections on their way and with TLS. Others are their owner's to end. */
  stop(): void {
    this.close();
    for (const socket of this.#arrivals) socket.destroy();
  }
}
