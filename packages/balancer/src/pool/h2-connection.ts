// One open HTTP/2 connection to a server. It carries many requests at once, each on a stream of its own (h2-stream.ts).
// It gets requests as soon as the server has sent its settings, which say how many it takes, and show that it speaks
// HTTP/2 at all.
import type { Socket } from "node:net";
import { H2ServerSession, type ServerEvents } from "@tandem/http/session";
import type { Deadline, Deadlines, Expiring, Holder, Reader } from "@tandem/transport";
import type { BeginListener, Connection, ConnectionPool, UnusedStream } from "./connection.ts";
import { H2Stream } from "./h2-stream.ts";
import type { Opened } from "./protocol.ts";

export class H2Connection implements Connection, ServerEvents, Expiring, Reader {
  /** Undefined: a connection that others use too is never private to one client. */
  readonly owner = undefined;
  readonly shared = true;
  readonly idleLimitMs = Number.POSITIVE_INFINITY;
  idleSince = 0;
  outdated = false;
  readonly #socket: Socket;
  readonly #session: H2ServerSession;
  readonly #deadline: Deadline;
  readonly #deadlines: Deadlines;
  readonly #pool: ConnectionPool;
  #begins: BeginListener | undefined = undefined;
  /** Whether the deadline for closing an idle connection has passed while a stream was open. */
  #overdue = false;
  #orderly = true;

  constructor({ socket, reads, deadlines, pool, answers, streams }: Opened) {
    this.#socket = socket;
    this.#pool = pool;
    this.#deadlines = deadlines;
    this.#deadline = deadlines.add(this);
    this.#session = new H2ServerSession(
      socket,
      this,
      answers,
      streams,
      () => deadlines.now(),
      reads.afterReads,
    );
    reads.reader = this;
    socket.resume();
    socket.on("drain", () => this.#session.drained());
    socket.on("end", () => socket.destroy());
    socket.on("error", () => {
      this.#orderly = false;
      socket.destroy();
    });
    socket.on("close", () => {
      this.#deadline.end();
      reads.closed();
      this.#session.closed();
      pool.gone(this);
      this.#failBegin("the server closed the connection before it sent its HTTP/2 settings");
    });
  }

  // The following methods are those of the interface `Connection`.

  get begun(): boolean {
    return this.#session.begun;
  }

  awaitBegin(listener: BeginListener): void {
    this.#begins = listener;
  }

  get room(): number {
    return this.fresh ? this.#session.room : 0;
  }

  get unused(): boolean {
    return this.#session.unused;
  }

  get reusable(): boolean {
    return this.fresh;
  }

  get fresh(): boolean {
    return this.#session.usable && this.#socket.readable && this.#socket.writable;
  }

  get address(): string | undefined {
    return this.#socket.remoteAddress;
  }

  set deadline(at: number) {
    this.#deadline.at = at;
  }

  open(): UnusedStream {
    return new H2Stream(this.#session.open(), this, this.#deadlines);
  }

  renew(): void {
    this.#overdue = false;
  }

  destroy(): void {
    if (this.begun && this.unused && !this.#socket.destroyed) this.#session.leave();
    this.#socket.destroy();
  }

  /** Whether the connection was lost by an error instead of an orderly end. */
  get reset(): boolean {
    return !this.#orderly;
  }

  /** Called when the deadline has passed: the server is late with its settings, or the connection was idle too long. */
  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (!this.begun) this.#failBegin("the server did not send its HTTP/2 settings in time", true);
    else if (this.unused) this.destroy();
    else this.#overdue = true;
  }

  // Implements ServerEvents: the session calls these methods.

  didBegin(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    const listener = this.#begins;
    this.#begins = undefined;
    listener?.begun(this);
  }

  goesAway(): void {
    if (this.unused) this.destroy();
  }

  released(used: boolean): void {
    if (!this.unused) return;
    if (!this.fresh) this.destroy();
    else if (used || this.#overdue) this.#pool.takeBack(this);
    else this.#pool.putBack(this);
  }

  broken(why: string): void {
    this.#failBegin(`${why}, where HTTP/2 was expected`);
    this.#orderly = false;
    this.#socket.destroySoon();
  }

  // Implements Reader.

  get bulk(): boolean {
    return this.#session.bulk;
  }

  receiveShared(memory: Buffer, length: number): void {
    this.#session.receiveShared(memory, length);
  }

  receiveOwned(chunk: Buffer): true | Holder {
    return this.#session.receiveOwned(chunk);
  }

  #failBegin(why: string, late = false): void {
    const listener = this.#begins;
    if (listener === undefined) return;
    this.#begins = undefined;
    this.#socket.destroy();
    listener.beginFailed(
      late ? { code: "connect-timeout", why } : { code: "protocol-refused", why },
    );
  }
}
