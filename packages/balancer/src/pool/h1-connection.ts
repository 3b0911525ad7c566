// One open HTTP/1.1 connection to a server. The connection is either idle in the pool or in use by one request.
// HTTP/1.1 carries one request at a time, so this object is both the connection and its only stream.
import type { Socket } from "node:net";
import type { Fields } from "@tandem/http";
import { type ResponseListener, ServerSession } from "@tandem/http/session";
import {
  type Deadline,
  type Expiring,
  type Holder,
  outliveWriteErrors,
  type Reader,
} from "@tandem/transport";
import type { Connection, ConnectionPool, UnusedStream } from "./connection.ts";
import type { Opened } from "./protocol.ts";
import type { Owner, StreamUser, TunnelListener } from "./server-stream.ts";

export class H1Connection implements Connection, UnusedStream, Expiring, Reader {
  user: StreamUser | undefined = undefined;
  readonly shared = false;
  readonly broken = undefined;
  readonly marksTrailers = false;
  idleSince = 0;
  /** The idle time after which the server closes the connection, taken from the `Keep-Alive: timeout` of an answer. */
  idleLimitMs = Number.POSITIVE_INFINITY;
  owner: Owner | undefined = undefined;
  outdated = false;
  readonly #socket: Socket;
  readonly #session: ServerSession;
  readonly #deadline: Deadline;
  readonly #pool: ConnectionPool;
  #orderly = true;
  /**
   * The listener while the connection is a tunnel. In a tunnel, our side stays open when the server ends its side,
   * until `endTunnel` is called.
   */
  #tunnel: TunnelListener | undefined = undefined;
  /** Whether the connection stays open when a write fails, so that the server's answer can still be read. */
  #outlives = false;
  /** Whether a write has failed. The connection is then only read to its end, and not used again. */
  #cutOff = false;

  constructor({ socket, reads, deadlines, pool, answers }: Opened) {
    this.#pool = pool;
    this.#socket = socket;
    this.#session = new ServerSession(socket, answers);
    this.#deadline = deadlines.add(this);
    reads.reader = this;
    socket.resume();
    socket.on("drain", () => {
      this.#session.drained();
      this.#tunnel?.drained();
    });
    socket.on("end", () => {
      this.#session.closed(this.#orderly);
      this.user?.received(); // an answer that ends with the connection is complete now
      if (this.#cutOff) socket.destroy();
      else if (this.#tunnel === undefined) socket.end();
      else this.#tunnel.ended();
    });
    socket.on("error", () => {
      this.#orderly = false;
      socket.destroy();
    });
    socket.on("close", (hadError) => {
      this.#deadline.end();
      reads.closed();
      this.#session.closed(this.#orderly && !hadError);
      const { user } = this;
      this.user = undefined;
      user?.streamClosed();
      pool.gone(this);
    });
  }

  // The following methods are those of the interface `Connection`.

  get connection(): this {
    return this;
  }

  get unused(): boolean {
    return this.user === undefined;
  }

  get room(): number {
    return this.user === undefined ? 1 : 0;
  }

  open(): this {
    return this;
  }

  set deadline(at: number) {
    this.#deadline.at = at;
  }

  get address(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get reused(): boolean {
    return this.#session.requests > 1;
  }

  get answered(): boolean {
    return this.#session.answered;
  }

  get settled(): boolean {
    return this.#session.settled;
  }

  get reset(): boolean {
    return !this.#orderly;
  }

  /** Always false: an HTTP/1.1 server cannot say that it has left a request untouched. */
  get refused(): boolean {
    return false;
  }

  get gone(): boolean {
    return this.#socket.destroyed;
  }

  send(method: string, head: string, bodyLength: number, listener: ResponseListener): void {
    this.#session.send(method, head, bodyLength, listener);
    if (bodyLength !== 0) this.#outliveWriteErrors();
  }

  write(chunk: Buffer): void {
    this.#session.write(chunk);
  }

  flush(): boolean {
    return this.#session.flush();
  }

  endBody(trailers: Fields | undefined): void {
    this.#session.endBody(trailers);
  }

  abandon(): void {
    this.#session.abandon();
  }

  release(): void {
    this.user = undefined;
    this.#pool.takeBack(this);
  }

  putBack(): void {
    this.#pool.putBack(this);
  }

  /**
   * Called before a request body is sent. The server may answer before it has read the body, and close the
   * connection. From now on, an answer that has arrived is read even if our writes fail.
   */
  #outliveWriteErrors(): void {
    if (this.#outlives) return;
    this.#outlives = true;
    outliveWriteErrors(this.#socket, (inOrder) => {
      this.#cutOff = true;
      this.#orderly = inOrder;
    });
  }

  /**
   * Returns whether the last exchange is complete in both directions, and another exchange is possible as far as is
   * known.
   */
  get reusable(): boolean {
    return this.#session.reusable && !this.#cutOff;
  }

  openTunnel(listener: TunnelListener): void {
    this.#tunnel = listener;
    this.#outliveWriteErrors();
    this.#session.tunnel((chunk) => listener.data(chunk));
  }

  writeTunnel(chunk: Buffer): boolean {
    return this.#socket.write(chunk);
  }

  endTunnel(): void {
    this.#socket.end();
  }

  /** Pauses reading. With TLS, bytes that were decrypted already still come. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  renew(): void {
    if (this.#socket.isPaused()) this.resume();
  }

  get bulk(): boolean {
    return this.#session.bulk;
  }

  get resting(): boolean {
    return this.#session.resting;
  }

  receiveShared(memory: Buffer, length: number): void {
    this.#session.receiveShared(memory, length);
    this.user?.received();
  }

  receiveOwned(chunk: Buffer): boolean | Holder {
    const { user } = this;
    this.#session.receive(chunk);
    this.user?.received();
    return user?.settled === false ? user : true;
  }

  /**
   * Returns whether the connection is as good as a newly opened one, whatever it has carried. It
   * has no user, its last exchange is complete in both directions, both directions are open, it is
   * being read, nothing is left unread, and everything that was written has left this process. Only
   * such a connection is given a request.
   */
  get fresh(): boolean {
    const socket = this.#socket;
    return (
      this.user === undefined &&
      this.#tunnel === undefined &&
      this.reusable &&
      socket.readable &&
      socket.writable &&
      !socket.isPaused() &&
      socket.readableLength === 0 &&
      socket.writableLength === 0
    );
  }

  /**
   * Sets the idle limit from a Keep-Alive field (RFC 2068 §19.7.1.1): `timeout=5` gives 4000 ms. One second is taken
   * off, because our next request needs time to reach the server.
   */
  limitIdle(keepAlive: string): void {
    const [, seconds] = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(keepAlive) ?? [];
    if (seconds !== undefined) this.idleLimitMs = Math.max(0, Number(seconds) * 1000 - 1000);
  }

  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.user === undefined) this.destroy();
    else this.user.serverTimedOut();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
