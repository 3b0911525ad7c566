// The connections of one thread to one server. The pool hands out streams on open connections, and opens new
// connections. Of the idle connections, the one that was used most recently is reused. So in a pool larger than
// needed, some connections stay unused until they are closed, and the pool shrinks.
import type { Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import type { HeadLimits } from "@tandem/http";
import type { Deadlines, SentHeader, SocketReads } from "@tandem/transport";
import { COUNTER, type CounterRow, H2_COUNTER } from "../memory/counters.ts";
import type { AnnouncedClient } from "./announced-client.ts";
import { ClientPools } from "./client-pools.ts";
import type { ConnectFailure } from "./connect-failure.ts";
import type { Connection, ConnectionPool, UnusedStream } from "./connection.ts";
import { type DialListener, Dialler, type DialOptions } from "./dial.ts";
import { Opening, type OpeningPool } from "./opening.ts";
import type { ServerProtocol } from "./protocol.ts";
import { type ConnectListener, type Pending, Reservation } from "./reservation.ts";
import type { OwnableConnection } from "./server-stream.ts";

export interface PoolOptions extends DialOptions {
  readonly protocol: ServerProtocol;
  readonly idleMs: number;
  readonly maxIdle: number;
  /** Limits on the size of answers' heads. */
  readonly answers: HeadLimits;
  readonly counters: CounterRow;
  readonly deadlines: Deadlines;
  /** The PROXY header that is sent for each client; undefined = none. */
  readonly sent?: SentHeader | undefined;
  /** The PROXY header that each connection of this pool begins with; undefined = none. */
  readonly header?: Buffer | undefined;
}

/** A tunnel whose server's side is a connection of this pool. */
interface Stoppable {
  stop(): void;
}

export class Pool implements ConnectionPool, OpeningPool {
  readonly #options: PoolOptions;
  readonly #dialler: Dialler;
  readonly #connections = new Set<Connection>();
  readonly #openings = new Set<Opening>();
  #idle: Connection[] = [];
  /** The idle connections that are private to one client. */
  readonly #private = new Map<OwnableConnection, Connection>();
  /** The tunnels of TCP mode on connections that `dial` opened. `stop` ends them. */
  readonly tunnels = new Set<Stoppable>();
  /** Whether a connection can carry several requests at once, as far as is known. With ALPN, the server decides it. */
  #shares: boolean;
  /** How many requests may wait for a connection that is being opened: as many as the last one took at its beginning. */
  #streams: number;
  /** The pools of single clients, where a PROXY header is sent. Undefined where none is, and in such a pool itself. */
  readonly #clients: ClientPools<Pool> | undefined;
  /** Called when the pool was drained and has no connection any more. */
  readonly #emptied: (() => void) | undefined;
  #closed = false;

  /** @param dialler shared with the pools of single clients, because it keeps the TLS session */
  constructor(options: PoolOptions, dialler = new Dialler(options), emptied?: () => void) {
    const { sent } = options;
    this.#options = options;
    this.#dialler = dialler;
    this.#emptied = emptied;
    this.#streams = options.protocol.streams;
    this.#shares = this.#streams > 1;
    this.#clients =
      sent &&
      new ClientPools(
        sent,
        (header, gone) => new Pool({ ...options, sent: undefined, header }, dialler, gone),
      );
  }

  /** Returns the pool for the requests of `client`: its own one where a PROXY header is sent, otherwise this pool. */
  of(client: AnnouncedClient): Pool {
    return this.#clients === undefined ? this : this.#clients.of(client);
  }

  /** Whether the server is told of clients in PROXY headers. */
  get announces(): boolean {
    return this.#clients !== undefined;
  }

  /** Returns whether a pool with these options would behave in the same way as this pool. */
  matches({ name, address, tls, connectMs, protocol, ...other }: PoolOptions): boolean {
    const own = this.#options;
    return (
      own.name === name &&
      own.address.host === address.host &&
      own.address.port === address.port &&
      own.tls === tls &&
      own.connectMs === connectMs &&
      isDeepStrictEqual(own.protocol, protocol) &&
      own.idleMs === other.idleMs &&
      own.maxIdle === other.maxIdle &&
      isDeepStrictEqual(own.sent, other.sent) &&
      isDeepStrictEqual(own.answers, other.answers)
    );
  }

  /**
   * Asks for a stream. The stream is on an open connection if possible, and is passed to the listener after one more
   * test of that connection (reservation.ts). An idle connection is taken only if it was last used within
   * `freshWithinMs` milliseconds. When no open connection can be used, a new connection is opened.
   */
  request(listener: ConnectListener, freshWithinMs = Number.POSITIVE_INFINITY): Pending {
    const stream = this.acquire(freshWithinMs);
    if (stream !== undefined) return this.#reserve(stream, listener, freshWithinMs);
    return this.connect(listener);
  }

  /**
   * Asks for a stream on the private connection `wanted`. The stream is passed to the listener after one more test of
   * that connection (reservation.ts). When `wanted` is not idle in this pool, does the same as `request`.
   */
  resume(
    wanted: OwnableConnection,
    listener: ConnectListener,
    freshWithinMs = Number.POSITIVE_INFINITY,
  ): Pending {
    const connection = this.#private.get(wanted);
    if (connection === undefined) return this.request(listener, freshWithinMs);
    this.#private.delete(wanted);
    this.#count(COUNTER.idle, -1);
    this.#count(COUNTER.reuses, 1);
    return this.#reserve(connection.open(), listener, freshWithinMs);
  }

  /**
   * Returns a stream on an open connection that has shown no fault so far; undefined when there is
   * no such connection. An idle connection is taken only if it was last used within `freshWithinMs`
   * milliseconds.
   */
  acquire(freshWithinMs: number): UnusedStream | undefined {
    const shared = this.#shares ? this.#withRoom() : undefined;
    const connection = shared ?? this.#takeIdle(freshWithinMs);
    if (connection === undefined) return undefined;
    this.#count(COUNTER.reuses, 1);
    return connection.open();
  }

  /** Asks for a stream on a new connection: on one that is being opened if it has room, or else on another. */
  connect(listener: ConnectListener): Pending {
    if (this.#shares) {
      for (const opening of this.#openings) {
        if (!opening.hasRoom) continue;
        this.#count(COUNTER.reuses, 1);
        return opening.join(listener);
      }
    }
    this.#count(COUNTER.connects, 1);
    const { connectMs, deadlines, header } = this.#options;
    const until = deadlines.now() + connectMs;
    const opening = new Opening(this, this.#dialler, this.#streams, until, header);
    this.#openings.add(opening);
    return opening.join(listener);
  }

  /**
   * Opens a connection for one tunnel of TCP mode, which owns the connection from then on: the tunnel adds itself to
   * `tunnels` while it uses the connection. @param client whose tunnel it is
   */
  dial(listener: DialListener, client: AnnouncedClient): Pending {
    this.#count(COUNTER.connects, 1);
    return this.#dialler.dial(listener, this.#clients?.header(client));
  }

  // The following methods are those of the interface `OpeningPool`.

  opened(socket: Socket, reads: SocketReads): Connection | ConnectFailure {
    const { protocol, deadlines, answers } = this.#options;
    const { streams } = protocol;
    const opened = { socket, reads, deadlines, pool: this, answers, streams };
    const connection = protocol.open(opened, protocol);
    if ("code" in connection) return connection;
    connection.outdated = !this.#leadsHere(socket.remoteAddress);
    this.#connections.add(connection);
    if (connection.shared) {
      this.#count(H2_COUNTER.totalConnections, 1);
      this.#count(H2_COUNTER.openConnections, 1);
    }
    return connection;
  }

  begun(opening: Opening, { shared, room }: Connection): void {
    this.#openings.delete(opening);
    this.#shares = shared;
    this.#streams = Math.max(1, room);
  }

  failed(opening: Opening): void {
    this.#openings.delete(opening);
    this.#noteEmpty();
  }

  // The following methods are those of the interface `ConnectionPool`.

  /**
   * Keeps a connection whose requests have ended. If the connection dies later, `acquire` finds out. A pool that was
   * replaced is closed and keeps no connection. A private connection is kept until its client leaves, or until the idle
   * time that the server announced is over. It does not count towards `maxIdle`, because its client has logged in on
   * it (NTLM, Negotiate), and closing it would end that login. The pools of single clients have `maxIdle` together.
   */
  takeBack(connection: Connection): void {
    const { maxIdle, idleMs, deadlines } = this.#options;
    const { owner, idleLimitMs } = connection;
    const keepMs = owner === undefined ? Math.min(idleMs, idleLimitMs) : idleLimitMs;
    const full = owner === undefined && this.#idleHere >= maxIdle;
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

  /**
   * Keeps a connection whose stream was not used after all. The connection's idle time counts from its last request, as
   * if it had stayed in the pool.
   */
  putBack(connection: Connection): void {
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

  gone(connection: Connection): void {
    if (this.#connections.delete(connection) && connection.shared)
      this.#count(H2_COUNTER.openConnections, -1);
    const at = connection.owner === undefined ? this.#idle.indexOf(connection) : -1;
    if (at >= 0) this.#idle.splice(at, 1);
    if (at >= 0 || this.#private.delete(connection)) this.#count(COUNTER.idle, -1);
    this.#noteEmpty();
  }

  /** Returns whether no connection is left. */
  get empty(): boolean {
    const alone = this.#connections.size === 0 && this.tunnels.size === 0;
    return alone && this.#clients?.empty !== false;
  }

  /** Closes idle connections now, and busy connections when their requests have ended. */
  drain(): void {
    this.#closed = true;
    this.#clients?.drain();
    for (const connection of [...this.#idle, ...this.#private.values()]) connection.destroy();
    this.#noteEmpty();
  }

  /**
   * Called when the server's host name has resolved to other addresses. Connections to an old address finish their
   * requests and get no others.
   */
  readdress(): void {
    this.#clients?.readdress();
    for (const connection of this.#connections) {
      connection.outdated = !this.#leadsHere(connection.address);
    }
    for (const connection of [...this.#idle, ...this.#private.values()]) {
      if (connection.outdated) connection.destroy();
    }
  }

  stop(): void {
    this.drain();
    this.#clients?.stop();
    for (const connection of this.#connections) connection.destroy();
    for (const tunnel of this.tunnels) tunnel.stop();
  }

  /** The idle connections that count towards `maxIdle`. The pools of single clients share their server's counters. */
  get #idleHere(): number {
    return this.#emptied === undefined
      ? this.#idle.length
      : (this.#options.counters[COUNTER.idle] ?? 0);
  }

  #noteEmpty(): void {
    if (this.#closed && this.#openings.size === 0 && this.#connections.size === 0)
      this.#emptied?.();
  }

  #reserve(stream: UnusedStream, listener: ConnectListener, freshWithinMs: number): Pending {
    const reservation = new Reservation(this, stream, listener, freshWithinMs);
    this.#options.buffers.afterReads.add(reservation);
    return reservation;
  }

  /** Returns a connection that carries requests already and has room for another. */
  #withRoom(): Connection | undefined {
    if (this.#closed) return undefined;
    for (const connection of this.#connections) {
      if (connection.room > 0 && !connection.unused && !connection.outdated) return connection;
    }
    return undefined;
  }

  #takeIdle(freshWithinMs: number): Connection | undefined {
    const oldest = this.#options.deadlines.now() - freshWithinMs;
    for (let candidate = this.#idle.pop(); candidate !== undefined; candidate = this.#idle.pop()) {
      if (!candidate.fresh) candidate.destroy();
      else if (candidate.idleSince < oldest) {
        this.#idle.push(candidate);
        break;
      } else {
        this.#count(COUNTER.idle, -1);
        return candidate;
      }
      this.#count(COUNTER.idle, -1);
    }
    return undefined;
  }

  #refuses({ outdated, owner }: Connection): boolean {
    return this.#closed || outdated || owner?.gone === true;
  }

  #leadsHere(remote: string | undefined): boolean {
    const { names, address } = this.#options;
    return names.has(address.host, remote);
  }

  #count(counter: number, by: number): void {
    const { counters } = this.#options;
    counters[counter] = (counters[counter] ?? 0) + by;
  }
}
