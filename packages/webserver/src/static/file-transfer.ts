// A large file on its way to one client: one buffer is filled while the other is being sent. Memory per
// download is these two, however slow the client. Filling a buffer the socket still reads from would
// send wrong bytes, so it is filled again only when it is known to be free: after `drain`, or when a
// write larger than the high-water mark has left the socket below that mark.
import { close, fstat, read } from "node:fs";
import { getDefaultHighWaterMark } from "node:stream";
import type { Exchange } from "@tandem/http/exchange";
import type { CachedFile } from "./cached-file.ts";
import type { ByteRange } from "./range.ts";

const HIGH_WATER_MARK = getDefaultHighWaterMark(false);
const BUFFER_BYTES = HIGH_WATER_MARK + 32 * 1024;

/** Owns `fd` and closes it exactly once, however the transfer ends. */
export class FileTransfer {
  /** Why it did not end well; "" as long as it has. */
  failure = "";
  readonly #exchange: Exchange;
  readonly #fd: number;
  readonly #file: CachedFile;
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

  /** The head must have been written, announcing the bytes of `range`; `fd` is open on that version of `file`. */
  constructor(exchange: Exchange, fd: number, { first, last }: ByteRange, file: CachedFile) {
    this.#exchange = exchange;
    this.#fd = fd;
    this.#file = file;
    this.#position = first;
    this.#left = last - first + 1;
    this.#filling = Buffer.allocUnsafeSlow(Math.min(BUFFER_BYTES, this.#left));
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
      this.#fail(error === null ? "the file shrank while it was sent" : error.message);
      return;
    }
    this.#filled = count;
    this.#position += count;
    this.#left -= count;
    if (this.#left === 0) this.#verify();
    else this.#advance();
  };

  /** Before the last bytes leave: an answer of two versions must not look whole (RFC 9110 §8.8.1). */
  #verify(): void {
    this.#reading = true;
    fstat(this.#fd, { bigint: true }, (error, stats) => {
      this.#reading = false;
      if (this.#over) this.#close();
      else if (error !== null) this.#fail(error.message);
      else if (this.#file.writtenTo(stats)) this.#fail("the file changed while it was sent");
      else this.#advance();
    });
  }

  #fail(why: string): void {
    this.failure = why;
    this.#finish();
    this.#exchange.truncate();
  }

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
