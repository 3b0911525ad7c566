// The idle connections of one thread to one server, and how new ones are made. The one used last is
// reused first, so that a pool larger than needed shrinks from its cold end.
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { isDeepStrictEqual } from "node:util";
import type { HeadLimits } from "@tandem/http";
import {
  type Clock,
  type Deadlines,
  type internalClientOptions,
  type Names,
  type ReadBuffers,
  SocketReads,
} from "@tandem/transport";
import { COUNTER, type CounterRow } from "../memory/counters.ts";
import { refusal } from "./refusal.ts";
import {
  type ConnectFailure,
  type ConnectListener,
  type Pending,
  Reservation,
} from "./reservation.ts";
import { type ConnectionPool, ServerConnection } from "./server-connection.ts";
import type { OwnableConnection } from "./server-stream.ts";

export interface PoolOptions {
  /** The server's name is also the name its certificate must carry. */
  readonly name: string;
  readonly address: { readonly host: string; readonly port: number };
  readonly tls: ReturnType<typeof internalClientOptions> | undefined;
  readonly connectMs: number;
  readonly idleMs: number;
  readonly maxIdle: number;
  /** Bounds on the heads of answers. */
  readonly answers: HeadLimits;
  readonly counters: CounterRow;
  /** Where the address of a host that is a name is looked up. */
  readonly names: Names;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly buffers: ReadBuffers;
}

export class Pool implements ConnectionPool {
  readonly #options: PoolOptions;
  readonly #connections = new Set<ServerConnection>();
  #idle: ServerConnection[] = [];
  /** Those that are idle and private to a client's connection. */
  readonly #private = new Map<OwnableConnection, ServerConnection>();
  #session: Buffer | undefined = undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Whether a pool of those options would do just the same. */
  matches({ name, address, tls, connectMs, idleMs, maxIdle, answers }: PoolOptions): boolean {
    const own = this.#options;
    return (
      own.name === name &&
      own.address.host === address.host &&
      own.address.port === address.port &&
      own.tls === tls &&
      own.connectMs === connectMs &&
      own.idleMs === idleMs &&
      own.maxIdle === maxIdle &&
      isDeepStrictEqual(own.answers, answers)
    );
  }

  /** An idle connection, used within so many ms, once it is known to be good; or a new one. */
  request(listener: ConnectListener, freshWithinMs = Number.POSITIVE_INFINITY): Pending {
    const idle = this.acquire(freshWithinMs);
    if (idle === undefined) return this.connect(listener);
    const reservation = new Reservation(this, idle, listener, freshWithinMs);
    this.#options.buffers.afterReads.add(reservation);
    return reservation;
  }

  /** That private connection, if it is idle here, once it is known to be good; in its place any, as by `request`. */
  resume(
    wanted: OwnableConnection,
    listener: ConnectListener,
    freshWithinMs = Number.POSITIVE_INFINITY,
  ): Pending {
    const connection = this.#private.get(wanted);
    if (connection === undefined) return this.request(listener, freshWithinMs);
    this.#private.delete(wanted);
    this.#count(COUNTER.reuses, 1);
    this.#count(COUNTER.idle, -1);
    const reservation = new Reservation(this, connection, listener, freshWithinMs);
    this.#options.buffers.afterReads.add(reservation);
    return reservation;
  }

  /** An idle connection that looks well as far as its socket was read, or undefined. */
  acquire(freshWithinMs: number): ServerConnection | undefined {
    const oldest = this.#options.deadlines.now() - freshWithinMs;
    for (let candidate = this.#idle.pop(); candidate !== undefined; candidate = this.#idle.pop()) {
      if (!candidate.fresh) candidate.destroy();
      else if (candidate.idleSince < oldest) {
        this.#idle.push(candidate);
        break;
      } else {
        this.#count(COUNTER.reuses, 1);
        this.#count(COUNTER.idle, -1);
        return candidate;
      }
      this.#count(COUNTER.idle, -1);
    }
    return undefined;
  }

  /** Opens a connection. */
  connect(listener: ConnectListener): Pending {
    const { clock, connectMs, deadlines, answers } = this.#options;
    this.#count(COUNTER.connects, 1);
    const reads = new SocketReads(this.#options.buffers);
    const { socket, ready } = this.#dial(reads);
    let settled = false;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      timer.cancel();
      return true;
    };
    const fail = (failure: ConnectFailure): void => {
      if (!settle()) return;
      socket.destroy();
      listener.connectFailed(failure);
    };
    const timer = clock.after(connectMs, () =>
      fail({ code: "connect-timeout", why: `no connection within ${connectMs} ms` }),
    );
    const refused = (error: Error): void => fail(refusal(error));
    socket.on("error", refused);
    socket.once(ready, () => {
      if (!settle()) return;
      socket.off("error", refused);
      const connection = new ServerConnection(socket, reads, deadlines, this, answers);
      connection.outdated = !this.#leadsHere(socket.remoteAddress);
      this.#connections.add(connection);
      listener.connected(connection);
    });
    return {
      cancel: () => {
        if (settle()) socket.destroy();
      },
    };
  }

  /**
   * Keeps a connection whose exchange is complete. One that has died since is found by `acquire`; a pool that
   * another took the place of is closed, and keeps none. A private one is kept for as long as its owner and its
   * server want it, beside `maxIdle`: a login hangs on it.
   */
  takeBack(connection: ServerConnection): void {
    const { maxIdle, idleMs, deadlines } = this.#options;
    const { owner, idleLimitMs } = connection;
    const keepMs = owner === undefined ? Math.min(idleMs, idleLimitMs) : idleLimitMs;
    const full = owner === undefined && this.#idle.length >= maxIdle;
    if (keepMs === 0 || full || !connection.reusable || this.#refuses(connection)) {
      connection.destroy();
      return;
    }
    connection.renew();
    connection.idleSince = deadlines.now();
    connection.deadline = connection.idleSince + keepMs;
    if (owner === undefined) this.#idle.push(connection);
    else this.#private.set(connection, connection);
    this.#count(COUNTER.idle, 1);
  }

  /** Keeps one that was acquired and not used after all: it is as old as it was. */
  putBack(connection: ServerConnection): void {
    if (this.#refuses(connection)) {
      connection.destroy();
      return;
    }
    this.#count(COUNTER.idle, 1);
    if (connection.owner !== undefined) {
      this.#private.set(connection, connection);
      return;
    }
    const older = this.#idle.findLastIndex(({ idleSince }) => idleSince <= connection.idleSince);
    this.#idle.splice(older + 1, 0, connection);
  }

  #refuses({ outdated, owner }: ServerConnection): boolean {
    return this.#closed || outdated || owner?.gone === true;
  }

  /** No connection is left. */
  get empty(): boolean {
    return this.#connections.size === 0;
  }

  /** Closes idle connections now and busy ones when they come back. */
  drain(): void {
    this.#closed = true;
    for (const connection of [...this.#idle, ...this.#private.values()]) connection.destroy();
  }

  /** The server's name has other addresses: what leads to another is used to its end, and no more. */
  readdress(): void {
    for (const connection of this.#connections) {
      connection.outdated = !this.#leadsHere(connection.address);
    }
    for (const connection of [...this.#idle, ...this.#private.values()]) {
      if (connection.outdated) connection.destroy();
    }
  }

  stop(): void {
    this.drain();
    for (const connection of this.#connections) connection.destroy();
  }

  #leadsHere(remote: string | undefined): boolean {
    const { names, address } = this.#options;
    return names.has(address.host, remote);
  }

  #dial(reads: SocketReads): {
    readonly socket: Socket;
    readonly ready: "connect" | "secureConnect";
  } {
    const { address, tls, name } = this.#options;
    // Half open for tunnels; outside them a connection answers the server's end with its own.
    const { lookup } = this.#options.names;
    const where = { ...address, lookup, noDelay: true, allowHalfOpen: true, onread: reads.onread };
    if (tls === undefined) return { socket: connectTcp(where), ready: "connect" };
    const session = this.#session === undefined ? {} : { session: this.#session };
    const socket = connectTls({ ...where, ...tls, ...session, servername: name });
    socket.on("session", (ticket) => {
      this.#session = ticket;
    });
    return { socket, ready: "secureConnect" };
  }

  /** Forgets a connection, in use or not. */
  gone(connection: ServerConnection): void {
    this.#connections.delete(connection);
    const at = connection.owner === undefined ? this.#idle.indexOf(connection) : -1;
    if (at >= 0) this.#idle.splice(at, 1);
    if (at >= 0 || this.#private.delete(connection)) this.#count(COUNTER.idle, -1);
  }

  #count(counter: number, by: number): void {
    const { counters } = this.#options;
    counters[counter] = (counters[counter] ?? 0) + by;
  }
}
