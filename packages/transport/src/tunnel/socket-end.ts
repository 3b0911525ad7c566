// A socket as one end of a tunnel. The socket reads into the thread's shared buffer. When a read has filled that
// buffer, the socket's next read uses memory of its own. So a thousand silent connections keep no memory.
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { attach, type Session } from "../connection.ts";
import type { Deadline, Deadlines } from "../deadlines.ts";
import type { Holder, SocketReads } from "../reads.ts";
import { resetNow } from "../reset.ts";
import type { ByteEnd, ByteEndListener, Closing } from "./byte-end.ts";

export class SocketEnd implements ByteEnd, Session {
  readonly #socket: Socket;
  readonly #reads: SocketReads | undefined;
  readonly #deadline: Deadline;
  #listener: ByteEndListener | undefined = undefined;
  #closing: Closing = "closed";
  /**
   * Whether TLS has encrypted everything that was written. A TLS socket does not refer to the written memory after `write`,
   * unless earlier bytes were waiting then, but reports a write as done only in a later turn of the event loop.
   */
  #encrypted = false;
  /** Whether the last read filled its memory, so that more bytes are probably on their way. */
  bulk = false;

  /** @param socket must have `allowHalfOpen`, so that the socket does not end by itself when its peer ends */
  constructor(socket: Socket, deadlines: Deadlines, reads?: SocketReads) {
    this.#socket = socket;
    this.#reads = reads;
    this.#deadline = deadlines.add();
  }

  begin(listener: ByteEndListener): void {
    this.#listener = listener;
    this.#socket.once("error", () => {
      this.#closing = "reset";
    });
    attach(this.#socket, this, this.#deadline, this.#reads);
  }

  write(chunk: Buffer): boolean {
    const socket = this.#socket;
    this.#encrypted = socket.writableLength === 0 && socket instanceof TLSSocket;
    return socket.write(chunk);
  }

  get delivered(): boolean {
    return this.#socket.writableLength === 0 || this.#encrypted;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  halfClose(): void {
    this.#socket.end();
  }

  /**
   * A plain socket that has sent everything is closed at once, which sends the FIN; a half-close before would be a system
   * call more. A TLS socket has to send its close_notify first (RFC 8446 §6.1).
   */
  end(): void {
    const socket = this.#socket;
    if (socket.writableLength === 0 && !(socket instanceof TLSSocket)) socket.destroy();
    else socket.destroySoon();
  }

  abort(): void {
    resetNow(this.#socket);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  set deadline(at: number) {
    this.#deadline.at = at;
  }

  // The following methods belong to the interface `Session`. They are called when something happens on the socket.

  receive(chunk: Buffer): void {
    this.#listener?.data(chunk);
  }

  receiveShared(memory: Buffer, length: number): void {
    this.bulk = length === memory.length;
    this.#listener?.data(Buffer.from(memory.subarray(0, length)));
  }

  receiveOwned(chunk: Buffer): boolean | Holder {
    const listener = this.#listener;
    this.bulk = chunk.length > ENOUGH_BYTES;
    listener?.data(chunk);
    return listener?.settled === false ? listener : true;
  }

  drained(): void {
    this.#listener?.drained();
  }

  ended(): void {
    this.#listener?.ended();
  }

  expired(): void {
    this.#closing = "timed-out";
    this.#deadline.at = Number.POSITIVE_INFINITY;
    this.#socket.destroy();
  }

  closed(): void {
    this.#listener?.closed(this.#closing);
  }
}

/**
 * When a read into the socket's own memory brings no more bytes than this, the next read uses the shared buffer again.
 */
const ENOUGH_BYTES = 16 * 1024 - 1;
