// The toy protocol between the balancer and a server: a connection, and a stream for each request on it.
import type { Socket } from "node:net";
import { type HeadLimits, parseResponseHead, ResponseHead } from "@tandem/http";
import type { ResponseListener } from "@tandem/http/session";
import type { Deadline, Deadlines, Expiring, Reader } from "@tandem/transport";
import type { Connection, ConnectionPool, UnusedStream } from "../../src/pool/connection.ts";
import type { Opened, ServerProtocol } from "../../src/pool/protocol.ts";
import type { StreamUser, TunnelListener } from "../../src/pool/server-stream.ts";
import { CANCELLED, FRAME, FrameReader, type FrameType, frame, REFUSED } from "./frames.ts";

/** Returns the protocol for servers that accept `streams` requests at once on one connection. */
export function toyServers(streams: number): ServerProtocol {
  return { streams, alpn: undefined, open: (opened) => new ToyConnection(opened, streams) };
}

class ToyConnection implements Connection, Reader, Expiring {
  readonly owner = undefined;
  readonly shared = true;
  readonly bulk = false;
  readonly idleLimitMs = Number.POSITIVE_INFINITY;
  idleSince = 0;
  outdated = false;
  /** The number of requests that were sent. */
  requests = 0;
  orderly = true;
  readonly deadlines: Deadlines;
  readonly answers: HeadLimits;
  readonly socket: Socket;
  readonly #most: number;
  readonly #pool: ConnectionPool;
  readonly #deadline: Deadline;
  readonly #streams = new Map<number, ToyStream>();
  readonly #frames = new FrameReader((stream, type, payload) => this.#take(stream, type, payload));
  #next = 1;
  #goesAway = false;

  constructor({ socket, reads, deadlines, pool, answers }: Opened, most: number) {
    this.socket = socket;
    this.deadlines = deadlines;
    this.answers = answers;
    this.#pool = pool;
    this.#most = most;
    this.#deadline = deadlines.add(this);
    reads.reader = this;
    socket.resume();
    socket.on("drain", () => {
      for (const stream of this.#streams.values()) stream.drained();
    });
    socket.on("end", () => socket.destroy());
    socket.on("error", () => {
      this.orderly = false;
    });
    socket.on("close", () => {
      this.#deadline.end();
      reads.closed();
      for (const stream of this.#streams.values()) stream.lost(false);
      pool.gone(this);
    });
  }

  get room(): number {
    return this.fresh ? this.#most - this.#streams.size : 0;
  }

  get unused(): boolean {
    return this.#streams.size === 0;
  }

  get fresh(): boolean {
    return !this.#goesAway && this.socket.readable && this.socket.writable;
  }

  get reusable(): boolean {
    return this.fresh;
  }

  get address(): string | undefined {
    return this.socket.remoteAddress;
  }

  set deadline(at: number) {
    this.#deadline.at = at;
  }

  open(): UnusedStream {
    const stream = new ToyStream(this, this.#next);
    this.#streams.set(this.#next, stream);
    this.#next += 1;
    return stream;
  }

  renew(): void {}

  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.unused) this.destroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  receiveShared(memory: Buffer, length: number): void {
    this.receiveOwned(memory.subarray(0, length));
  }

  receiveOwned(chunk: Buffer): boolean {
    this.#frames.read(chunk);
    for (const stream of this.#streams.values()) stream.user?.received();
    return true;
  }

  /** Called when the stream `id` has ended. `used` = the stream has carried a request. */
  over(id: number, used: boolean): void {
    if (!this.#streams.delete(id) || !this.unused) return;
    if (used) this.#pool.takeBack(this);
    else this.#pool.putBack(this);
  }

  #take(id: number, type: number, payload: Buffer): void {
    if (type === FRAME.goaway) this.#goAway(id);
    else this.#streams.get(id)?.take(type, payload);
  }

  #goAway(last: number): void {
    this.#goesAway = true;
    for (const [id, stream] of this.#streams) if (id > last) stream.lost(true);
    if (this.unused) this.destroy();
  }
}

class ToyStream implements UnusedStream, Expiring {
  readonly connection = undefined;
  readonly marksTrailers = false;
  user: StreamUser | undefined = undefined;
  answered = false;
  refused = false;
  readonly broken = undefined;
  gone = false;
  reused = false;
  readonly #connection: ToyConnection;
  readonly #id: number;
  readonly #deadline: Deadline;
  #listener: ResponseListener | undefined = undefined;
  #tunnel: TunnelListener | undefined = undefined;
  #method = "";
  /** The events that arrived while the stream is paused. */
  #held: (() => void)[] | undefined = undefined;

  constructor(connection: ToyConnection, id: number) {
    this.#connection = connection;
    this.#id = id;
    this.#deadline = connection.deadlines.add(this);
  }

  get fresh(): boolean {
    return !this.gone && this.#connection.fresh;
  }

  get settled(): boolean {
    return this.#connection.socket.writableLength === 0;
  }

  get reset(): boolean {
    return !this.#connection.orderly;
  }

  set deadline(at: number) {
    this.#deadline.at = at;
  }

  putBack(): void {
    this.#over(false);
  }

  send(method: string, head: string, bodyLength: number, listener: ResponseListener): void {
    this.reused = this.#connection.requests > 0;
    this.#connection.requests += 1;
    this.#method = method;
    this.#listener = listener;
    this.#write(FRAME.head, head.slice(0, -2));
    if (bodyLength === 0) this.#write(FRAME.end);
  }

  write(chunk: Buffer): void {
    this.#write(FRAME.body, chunk);
  }

  flush(): boolean {
    return !this.#connection.socket.writableNeedDrain;
  }

  endBody(): void {
    this.#write(FRAME.end);
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const deliver of held) deliver();
    if (held.length > 0) this.user?.received();
  }

  openTunnel(listener: TunnelListener): void {
    this.#tunnel = listener;
  }

  writeTunnel(chunk: Buffer): boolean {
    this.write(chunk);
    return this.flush();
  }

  endTunnel(): void {
    this.endBody();
  }

  abandon(): void {
    if (this.#listener !== undefined && !this.gone) this.#write(FRAME.reset, CANCELLED);
    this.#listener = undefined;
  }

  release(): void {
    this.#over(true);
  }

  destroy(): void {
    this.abandon();
    this.#over(true);
  }

  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.user?.serverTimedOut();
  }

  drained(): void {
    this.#listener?.serverDrained();
    this.#tunnel?.drained();
  }

  /** Called when the server has reset the stream, or the connection is lost. */
  lost(refused: boolean): void {
    if (this.gone) return;
    this.gone = true;
    this.refused = refused;
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.failed(undefined);
    this.user?.streamClosed();
  }

  take(type: number, payload: Buffer): void {
    if (this.#held === undefined) this.#deliver(type, payload);
    else this.#held.push(() => this.#deliver(type, payload));
  }

  #deliver(type: number, payload: Buffer): void {
    if (type === FRAME.head) this.#head(payload.toString("latin1"));
    else if (type === FRAME.reset) this.lost(payload.toString() === REFUSED);
    else if (type === FRAME.body) (this.#tunnel?.data ?? this.#data)(payload);
    else if (this.#tunnel !== undefined) this.#tunnel.ended();
    else {
      const listener = this.#listener;
      this.#listener = undefined;
      listener?.bodyEnd(undefined);
    }
  }

  readonly #data = (chunk: Buffer): void => this.#listener?.bodyData(chunk);

  #head(text: string): void {
    const head = parseResponseHead(text, this.#connection.answers, this.#method);
    this.answered = true;
    if (!(head instanceof ResponseHead)) this.#listener?.failed(head);
    else if (head.status < 200 && head.status !== 101) this.#listener?.informed(head);
    else this.#listener?.responded(head);
  }

  #over(used: boolean): void {
    this.user = undefined;
    this.gone = true;
    this.#deadline.end();
    this.#connection.over(this.#id, used);
  }

  #write(type: FrameType, payload: Buffer | string = ""): void {
    this.#connection.socket.write(frame(this.#id, type, payload));
  }
}
