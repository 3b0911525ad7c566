// One connection to a server, from the moment it is open: idle in the pool, or serving one exchange.
import type { Socket } from "node:net";
import type { HeadLimits } from "@tandem/http";
import { ClientSession } from "@tandem/http/session";
import {
  type Deadline,
  type Deadlines,
  type Expiring,
  type Holder,
  outliveWriteErrors,
  type Reader,
  type SocketReads,
} from "@tandem/transport";

/** Whoever uses the connection. */
export interface ConnectionUser {
  /** A batch of bytes was parsed; everything it led to may now leave in one write. */
  received(): void;
  /** All bytes so far have left: nothing refers to the memory they were read into. Asked afterwards, too. */
  readonly settled: boolean;
  /** The connection's deadline passed. */
  serverTimedOut(): void;
  /** The connection is gone. Comes after the session told of it. */
  connectionClosed(): void;
}

/** The pool a connection belongs to. */
export interface Home {
  /** Its exchange is complete, or has failed and must not leave it to another. */
  takeBack(connection: ServerConnection): void;
  /** The connection is gone. */
  gone(connection: ServerConnection): void;
}

/** The client connection that a connection is private to. */
export interface Owner {
  /** It has closed. */
  readonly gone: boolean;
}

export class ServerConnection implements Expiring, Reader {
  readonly socket: Socket;
  readonly session: ClientSession;
  user: ConnectionUser | undefined = undefined;
  /** When the last exchange on it ended, on the deadlines' clock. */
  idleSince = 0;
  /** The server says it closes an idle connection after so long (`Keep-Alive: timeout`); we leave before. */
  idleLimitMs = Number.POSITIVE_INFINITY;
  /** In a tunnel: when the server ends its side, ours stays open until its user ends it. */
  halfOpen = false;
  /** Its server knows it as this client's: no other client's requests go out on it. Stays so. */
  owner: Owner | undefined = undefined;
  /** It leads to an address that the server has no more. */
  outdated = false;
  readonly #deadline: Deadline;
  readonly #home: Home;
  #orderly = true;
  /** A write that fails leaves it open for what the server has sent. */
  #outlives = false;
  /** A write has failed: it is read to its end, and that is all. */
  #cutOff = false;

  constructor(
    socket: Socket,
    reads: SocketReads,
    deadlines: Deadlines,
    home: Home,
    answers: HeadLimits,
  ) {
    this.#home = home;
    this.socket = socket;
    this.session = new ClientSession(socket, answers);
    this.#deadline = deadlines.add(this);
    reads.reader = this;
    socket.resume();
    socket.on("drain", () => this.session.drained());
    socket.on("end", () => {
      this.session.closed(this.#orderly);
      this.user?.received(); // an answer that ends with it is complete, whatever becomes of the request
      if (this.#cutOff) socket.destroy();
      else if (!this.halfOpen) socket.end();
    });
    socket.on("error", () => {
      this.#orderly = false;
      socket.destroy();
    });
    socket.on("close", (hadError) => {
      this.#deadline.end();
      reads.closed();
      this.session.closed(this.#orderly && !hadError);
      const { user } = this;
      this.user = undefined;
      user?.connectionClosed();
      home.gone(this);
    });
  }

  /** When `expired` is due, on the deadlines' clock. */
  set deadline(at: number) {
    this.#deadline.at = at;
  }

  /** It was lost to an error rather than ended. */
  get reset(): boolean {
    return !this.#orderly;
  }

  /** Whoever used it has done with it. */
  release(): void {
    this.user = undefined;
    this.#home.takeBack(this);
  }

  /**
   * More than the head of a request is to be sent: the server may answer before it has read that, and go. What it has
   * sent until then is read, although writing fails.
   */
  outliveWriteErrors(): void {
    if (this.#outlives) return;
    this.#outlives = true;
    outliveWriteErrors(this.socket, (inOrder) => {
      this.#cutOff = true;
      this.#orderly = inOrder;
    });
  }

  /** Its last exchange is complete both ways, and nothing is known against another. */
  get reusable(): boolean {
    return this.session.reusable && !this.#cutOff;
  }

  /** Reads no more of the server until `flow`. With TLS, what was decrypted already still comes. */
  hold(): void {
    this.socket.pause();
  }

  flow(): void {
    this.socket.resume();
  }

  /** Its exchange is complete: becomes as it was before, for the next one. What cannot be undone is found by `fresh`. */
  renew(): void {
    if (this.socket.isPaused()) this.flow();
  }

  get bulk(): boolean {
    return this.session.bulk;
  }

  get resting(): boolean {
    return this.session.resting;
  }

  receiveShared(memory: Buffer, length: number): void {
    this.session.receiveShared(memory, length);
    this.user?.received();
  }

  receiveOwned(chunk: Buffer): boolean | Holder {
    const { user } = this;
    this.session.receive(chunk);
    this.user?.received();
    return user?.settled === false ? user : true;
  }

  /**
   * It is as one that was just opened, whatever it has carried: without a user, its last exchange complete both ways, open
   * both ways, read from, nothing unread, all that was written taken. Only such a one is given a request.
   */
  get fresh(): boolean {
    const { socket } = this;
    return (
      this.user === undefined &&
      !this.halfOpen &&
      this.reusable &&
      socket.readable &&
      socket.writable &&
      !socket.isPaused() &&
      socket.readableLength === 0 &&
      socket.writableLength === 0
    );
  }

  /** Heeds a Keep-Alive field (RFC 2068 §19.7.1.1): its timeout, less a second for the way there and back. */
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
    this.socket.destroy();
  }
}
