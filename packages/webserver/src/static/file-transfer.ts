// Sends a large file to one client: one buffer is filled while the other is being sent. A download
// needs only these two buffers, however slow the client is. If a buffer were filled while the
// socket still reads from that buffer, wrong bytes would be sent. So a buffer is filled again only
// when the socket has certainly sent all bytes of that buffer: after the socket's `drain` event, or
// when the socket is below its high-water mark after a write that was larger than this mark.
import { close, fstat, read } from "node:fs";
import { getDefaultHighWaterMark } from "node:stream";
import type { Exchange } from "@tandem/http/exchange";
import type { CachedFile } from "./cached-file.ts";
import type { ByteRange } from "./range.ts";

const HIGH_WATER_MARK = getDefaultHighWaterMark(false);
const BUFFER_BYTES = HIGH_WATER_MARK + 32 * 1024;

/**
 * The transfer of one file. However the transfer ends, the descriptor `fd` is closed exactly once.
 */
export class FileTransfer {
  /** Why the transfer failed; "" as long as it has not failed. */
  failure = "";
  readonly #exchange: Exchange;
  readonly #fd: number;
  readonly #file: CachedFile;
  #position: number;
  #left: number;
  /** The buffer that is being filled now, or will be filled next. */
  #filling: Buffer;
  /** The buffer that the socket could not send at once. It is filled again after the socket's `drain` event. */
  #sending: Buffer | undefined = undefined;
  #filled = 0;
  #reading = false;
  #writable = true;
  #over = false;

  /**
   * Prepares the transfer of the bytes `first` to `last`. The caller has already written the head,
   * which announces these bytes. `fd` is open on the same version of the file as `file`.
   */
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

  /** Must be called when the socket has sent all bytes that were written. */
  drained(): void {
    if (this.#over) return;
    this.#writable = true;
    this.#advance();
  }

  /** Must be called when the client is gone. */
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

  /**
   * Checks, before the last bytes are sent, that the file is still the same version. If it is not,
   * the answer is cut off: bytes of two versions must not look like a complete answer (RFC 9110
   * §8.8.1).
   */
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
    if (this.#over) return; // the write failed, and `abort` was called
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
    // While a read is running, its callback closes the descriptor. If the descriptor were closed
    // now, its number could be given to another file, and the read would read from that file.
    if (!this.#reading) this.#close();
  }

  #close(): void {
    close(this.#fd, () => undefined);
  }
}
