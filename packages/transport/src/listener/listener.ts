// A listening socket, plain or TLS. It can share its port with other threads (SO_REUSEPORT). It can stop accepting and
// leave open the connections that it has accepted. A connection passes these stages, each a file of this folder:
//
//   kernel ─▶ raw-accept ─▶ [preface] ─▶ [hello] ─▶ [handshake] ─▶ accepted
//                               │           └──passed on unchanged──▶ a handler that `hello` returned
//                               └─ each stage may refuse it; the time limit for all is `ARRIVAL_MS`
//
// A stage in brackets exists only when the options ask for it. A plain connection without a preface is accepted at once.
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
  /**
   * Reads a preface, which is a header before all other bytes of a connection. Absent = connections have no preface.
   */
  readonly preface?: Preface | undefined;
  /** Chooses the connections that are passed on before TLS begins. Used only together with `tls`. */
  readonly hello?: HelloRoute | undefined;
  /** Whether other threads listen on the same port. The kernel then distributes the connections over them. */
  readonly reusePort?: boolean;
  readonly maxConnections?: number;
  /** The memory that connections read into. Absent = Node's own buffers. */
  readonly buffers?: ReadBuffers;
  readonly accepted: (accepted: Accepted) => void;
  /** Called for a connection that is not handed over, because a stage refused it or too many connections were open. */
  readonly refused?: (refused: RefusedConnection) => void;
  readonly clock?: Clock | undefined;
}

const BACKLOG = 1024;

export class Listener {
  readonly #options: ListenerOptions;
  readonly #clock: Clock;
  readonly #server: Server;
  /**
   * Sockets of connections that are still in the stages, which only the listener can close. The socket below a TLS
   * socket stays in this set until it closes, because the listener cannot tell whether its connection has finished the
   * stages.
   */
  readonly #arrivals = new Set<Socket>();
  /** The port in use, known once the server listens. */
  #port: number | undefined = undefined;
  /** How many connections are open that raw-accept took. Node does not count these. */
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

  /** Starts listening. When the address cannot be used, rejects with an error that names it and says what to do. */
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
          // When an accept fails (EMFILE), the connection is lost, but the next accept may succeed.
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

  // The methods below take a new connection through the stages that the comment at the top of this file draws.

  #arrived(socket: Socket, reads?: SocketReads): void {
    const { preface, hello, accepted } = this.#options;
    const handshakes = this.#handshakes;
    if (preface === undefined && handshakes === undefined) {
      accepted(new Accepted(socket, reads));
      return;
    }
    this.#arrivals.add(socket);
    socket.once("close", () => this.#arrivals.delete(socket));
    if (preface === undefined && hello === undefined && handshakes?.byName === false) {
      // No stage before the handshake reads bytes, so the limit that Node sets on handshakes is enough.
      handshakes.begin(socket, "");
      return;
    }
    const arrival = new Arrival(socket, reads, this.#refused);
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

  /** Hands a connection over without TLS. The new owner has to close it. */
  #pass(arrival: Arrival, handler: (accepted: Accepted) => void): void {
    const { socket, reads, ends } = arrival;
    if (!arrival.handOver()) return;
    this.#arrivals.delete(socket);
    arrival.release();
    handler(new Accepted(socket, reads, undefined, ends));
  }

  readonly #succeeded = (socket: TLSSocket, below: Socket | undefined): void => {
    const arrival = arrivalOf(below);
    // When Node does not reveal the socket below, the addresses that a preface reported cannot be found. The addresses
    // of the kernel would be wrong (they are the proxy's), so the connection is closed.
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

  /** Returns the port in use. It differs from the configured port when the configured port is 0. */
  get port(): number {
    return this.#port ?? this.#options.address.port;
  }

  /** Limits how many connections may be open from now on. Connections that are open already stay open. */
  set maxConnections(limit: number) {
    this.#server.maxConnections = limit;
  }

  /** Uses other certificates from the next handshake on. Only for a listener that was made with `tls`. */
  renew(tls: ListenerTls): void {
    this.#handshakes?.renew(tls);
  }

  /** Uses these 48 bytes, from the next handshake on, to make and read session tickets. */
  useTicketKeys(keys: Buffer): void {
    this.#handshakes?.useTicketKeys(keys);
  }

  /** Whether connections are in the stages, or are open with TLS (see `#arrivals`). */
  get arriving(): boolean {
    return this.#arrivals.size > 0;
  }

  /** Accepts no more connections. Open connections stay open. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  /**
   * Accepts no more connections. Closes the connections that are in the stages and the connections with TLS. All other
   * connections are closed by their owners.
   */
  stop(): void {
    this.close();
    for (const socket of this.#arrivals) socket.destroy();
  }
}
