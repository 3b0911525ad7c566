// A large file on its way to one client: one buffer is filled while the other is being sent. Memory per
// download is these two, however slow the client. Filling a buffer the socket still reads from would
// send wrong bytes, so it is filled again only when it is known to be free: after `drain`, or when a
// write larger than the high-water mark has left the socket below that mark.
import { close, read } from "node:fs";
import { getDefaultHighWaterMark } from "node:stream";
import type { ServerExchange } from "@tandem/http/session";

const HIGH_WATER_MARK = getDefaultHighWaterMark(false);
const BUFFER_BYTES = HIGH_WATER_MARK + 32 * 1024;

/** Owns `fd` and closes it exactly once, however the transfer ends. */
export class FileTransfer {
  /** Why it did not end well; "" as long as it has. */
  failure = "";
  readonly #exchange: ServerExchange;
  readonly #fd: number;
  #position: number;
  #left: number;
  /** Filled next, or being filled. */
  #filling: Buffer;
  /** Handed to the socket last. */
  #sending: Buffer | undefined = undefined;
  #filled = 0;
  #reading = false;
  #writable = true;
  #over = false;

  /** The head must have been written, announcing `length` bytes. */
  constructor(exchange: ServerExchange, fd: number, position: number, length: number) {
    this.#exchange = exchange;
    this.#fd = fd;
    this.#position = position;
    this.#left = length;
    this.#filling = Buffer.allocUnsafeSlow(Math.min(BUFFER_BYTES, length));
  }

  start(): void {
    this.#fill();
  }

  /** The client took all that was written. */
  drained(): void {
    if (this.#over) return;
    this.#writable = true;
    this.#advance();
  }

  /** The client is gone. */
  abort(): void {
    this.#finish();
  }

  #fill(): void {
    this.#reading = true;
    const wanted = Math.min(this.#filling.length, this.#left);
    read(this.#fd, this.#filling, 0, wanted, this.#position, this.#read);
  }

  readonly #read = (error: NodeJS.ErrnoException | null, count: number): void => {
    this.#reading = false;
    if (this.#over) {
      this.#close();
      return;
    }
    if (error !== null || count === 0) {
      this.failure = error === null ? "the file shrank while it was sent" : error.message;
      this.#finish();
      this.#exchange.truncate();
      return;
    }
    this.#filled = count;
    this.#position += count;
    this.#left -= count;
    this.#advance();
  };

  #advance(): void {
    if (this.#filled === 0 || !this.#writable) return;
    const chunk = this.#filling.subarray(0, this.#filled);
    this.#filled = 0;
    this.#exchange.write(chunk);
    if (this.#left === 0) {
      this.#finish();
      this.#exchange.end();
      return;
    }
    this.#writable = this.#exchange.flush();
    if (this.#over) return; // the write failed, and we were told
    if (!this.#writable || chunk.length <= HIGH_WATER_MARK) {
      const free = this.#sending;
      this.#sending = this.#writable ? undefined : this.#filling;
      this.#filling = free ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    }
    this.#fill();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#reading) this.#close(); // else when the read is back: the number may be reused by then
  }

  #close(): void {
    close(this.#fd, () => undefined);
  }
}
