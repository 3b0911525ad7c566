// A listening socket, plain or TLS. It can share its port with other threads (SO_REUSEPORT). It can stop accepting
// while accepted connections stay open. A connection passes these stages, each a file of this folder:
//
//   kernel ─▶ raw-accept ─▶ [preface] ─▶ [hello] ─▶ [handshake] ─▶ accepted
//                               │           └──passed on unchanged──▶ a handler that `hello` returned
//                               └─ each stage may refuse the connection; the preface may take its `limitMs`, the
//                                  stages after it `ARRIVAL_MS` together
//
// A stage in brackets exists only when the options ask for it. A plain connection without a preface is accepted at once.
import { createServer, type Server, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { BACKLOG } from "../accept-queue.ts";
import { type Address, plainAddress } from "../address.ts";
import { cannotListen } from "../cannot-listen.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { ReadBuffers, SocketReads } from "../reads.ts";
import { type ClientHello, NO_HELLO } from "../tls/client-hello.ts";
import type { ListenerTls } from "../tls/listener-tls.ts";
import type { RefusedConnection } from "../tls/refusal.ts";
import { Accepted } from "./accepted.ts";
import { ARRIVAL_MS, Arrival, arrivalOf } from "./arrival.ts";
import { Handshakes } from "./handshake.ts";
import { type HelloRoute, readHello } from "./hello.ts";
import { type Preface, readPreface } from "./preface.ts";
import { acceptRaw } from "./raw-accept.ts";
import { refuseName } from "./refuse-name.ts";
import { readIntoBuffers } from "./tls-reads.ts";

export interface ListenerOptions {
  readonly address: Address;
  readonly tls?: ListenerTls;
  /**
   * Reads the preface of each connection, a header before all other bytes (PROXY protocol). Absent = connections have
   * no preface.
   */
  readonly preface?: Preface | undefined;
  /** Chooses the connections that are passed to another handler before TLS begins. Used only together with `tls`. */
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

export class Listener {
  readonly #options: ListenerOptions;
  readonly #clock: Clock;
  readonly #server: Server;
  /**
   * The TCP sockets of connections that have not passed all stages yet. Only the listener can close these sockets. With
   * TLS, the TCP socket stays in this set until it closes, even after the handshake.
   */
  readonly #arrivals = new Set<Socket>();
  /** The port in use, known once the server listens. */
  #port: number | undefined = undefined;
  /** How many of the connections that `acceptRaw` accepted are open. Node does not count these connections. */
  #open = 0;
  #accepted = 0;
  readonly #handshakes: Handshakes | undefined;
  /** Set by `stop`. The connections that `stop` closes were not refused, so they are not reported. */
  #stopped = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { tls, maxConnections } = options;
    const ends = { succeeded: this.#succeeded, failed: this.#handshakeFailed };
    this.#handshakes = tls && new Handshakes({ tls, clock: this.#clock, ...ends });
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#arrived(socket),
    );
    if (maxConnections === undefined) return;
    this.#server.maxConnections = maxConnections;
    this.#server.on("drop", (dropped) => this.#tooMany(dropped?.remoteAddress ?? ""));
  }

  /**
   * Starts listening. When the address cannot be used, rejects with an error that names the address and says what to
   * do.
   */
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
          // When accepting a connection fails (EMFILE), that connection is lost, but the next accept may succeed. So
          // the listener goes on.
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

  // The methods below take a new connection through the stages: preface, hello, TLS handshake.

  #arrived(socket: Socket, reads?: SocketReads): void {
    const { preface, hello, accepted } = this.#options;
    const handshakes = this.#handshakes;
    this.#accepted += 1;
    if (preface === undefined && handshakes === undefined) {
      accepted(new Accepted(socket, reads));
      return;
    }
    this.#arrivals.add(socket);
    socket.once("close", () => this.#arrivals.delete(socket));
    if (preface === undefined && hello === undefined && handshakes?.byName === false) {
      // No stage before the handshake reads bytes, so the time limit of Node's TLS server (`handshakeTimeout`) is
      // enough.
      this.#beginAtOnce(handshakes, socket);
      return;
    }
    const arrival = new Arrival(socket, reads, this.#refused);
    if (preface === undefined) this.#prefaced(arrival);
    else readPreface(preface, arrival, this.#clock, this.#prefaced);
  }

  #beginAtOnce(handshakes: Handshakes, socket: Socket): void {
    const client = plainAddress(socket.remoteAddress);
    const full = handshakes.admit(socket, client);
    if (full === undefined) handshakes.begin(socket, "");
    else {
      socket.destroy();
      this.#refused({ ...full, client });
    }
  }

  readonly #prefaced = (arrival: Arrival): void => {
    if (this.#handshakes === undefined) {
      this.#pass(arrival, this.#options.accepted);
      return;
    }
    const full = this.#handshakes.admit(arrival.socket, arrival.client);
    if (full !== undefined) {
      arrival.refuse(full.reason, full.why);
      return;
    }
    arrival.limit(this.#clock, ARRIVAL_MS);
    if (this.#options.hello !== undefined || this.#handshakes.byName)
      readHello(arrival, this.#greeted);
    else this.#greeted(arrival, NO_HELLO);
  };

  readonly #greeted = (arrival: Arrival, hello: ClientHello): void => {
    const { serverName: name } = hello;
    const handler = this.#options.hello?.(name);
    if (handler !== undefined) this.#pass(arrival, handler);
    // OpenSSL says of other bytes than a ClientHello what they are.
    else if (hello !== NO_HELLO && this.#handshakes?.refuses(name) === true)
      refuseName(arrival, name);
    else {
      arrival.release();
      this.#handshakes?.begin(arrival.socket, name);
    }
  };

  /** Passes a connection to `handler` without a TLS handshake. From then on the handler has to close the connection. */
  #pass(arrival: Arrival, handler: (accepted: Accepted) => void): void {
    const { socket, reads, ends, told } = arrival;
    if (!arrival.handOver()) return;
    this.#arrivals.delete(socket);
    arrival.release();
    handler(new Accepted(socket, reads, undefined, ends, told));
  }

  readonly #succeeded = (socket: TLSSocket, below: Socket | undefined): void => {
    const arrival = arrivalOf(below);
    // When Node does not reveal the TCP socket below the TLS socket, the addresses that a preface reported cannot be
    // found. The addresses that the kernel reports are the proxy's, not the client's, so the connection is closed.
    if (arrival?.handOver() === false || (arrival === undefined && this.#options.preface)) {
      socket.destroy();
      return;
    }
    const { buffers, accepted } = this.#options;
    const reads = buffers && readIntoBuffers(socket, buffers);
    accepted(new Accepted(socket, reads, socket, arrival?.ends, arrival?.told));
  };

  readonly #handshakeFailed = (refused: RefusedConnection, below: Socket | undefined): void => {
    const arrival = arrivalOf(below);
    if (arrival === undefined) this.#refused(refused);
    else arrival.refuse(refused.reason, refused.why);
  };

  readonly #refused = (refused: RefusedConnection): void => {
    if (!this.#stopped) this.#options.refused?.(refused);
  };

  readonly #failed = ({ message: why }: Error): void => {
    this.#refused({ reason: "accept", why, client: "" });
  };

  #tooMany(client: string): void {
    this.#accepted += 1;
    const why = `${this.#server.maxConnections} connections are open already (maxConnections)`;
    this.#refused({ reason: "too-many", why, client });
  }

  /** Returns the port of the listener. When the configured port is 0, returns the port that the kernel chose. */
  get port(): number {
    return this.#port ?? this.#options.address.port;
  }

  /** How many connections were accepted since the start, including those that were refused at once. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Sets how many connections may be open at the same time. Connections that are open already stay open. */
  set maxConnections(limit: number) {
    this.#server.maxConnections = limit;
  }

  /**
   * Uses the certificates in `tls` from the next handshake on. Has no effect on a listener that was made without `tls`.
   */
  renew(tls: ListenerTls): void {
    this.#handshakes?.renew(tls);
  }

  /** Uses these 48 bytes, from the next handshake on, to make and read session tickets. */
  useTicketKeys(keys: Buffer): void {
    this.#handshakes?.useTicketKeys(keys);
  }

  /**
   * Whether a connection has not passed all stages yet, or is open with TLS. (`#arrivals` does not tell these two cases
   * apart.)
   */
  get arriving(): boolean {
    return this.#arrivals.size > 0;
  }

  /** Stops listening, so that no more connections are accepted. Open connections stay open. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  /**
   * Stops listening. Closes all connections with TLS, and the connections that have not passed all stages yet. All
   * other connections are closed by their owners.
   */
  stop(): void {
    this.close();
    this.#stopped = true;
    for (const socket of this.#arrivals) socket.destroy();
  }
}
