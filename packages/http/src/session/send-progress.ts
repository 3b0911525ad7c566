// Finds out whether a slow client is still taking bytes. `writableLength` counts a write in full until all its bytes
// have left. For a large write and a slow client, that takes far longer than any timeout. Only Node's handle for the
// socket knows how many bytes of that write are left. (net.Socket also asks the handle before it calls a connection
// idle.)
import type { ByteStream } from "./byte-stream.ts";

/** Returns a number that changes when some of the written bytes leave, and also when bytes are added. */
function unsentMark(stream: ByteStream): number {
  const { writableLength } = stream;
  if (writableLength === 0) return 0;
  const handle: unknown = Reflect.get(stream, "_handle");
  const left: unknown =
    typeof handle === "object" && handle !== null ? Reflect.get(handle, "writeQueueSize") : 0;
  return writableLength + (typeof left === "number" ? left : 0);
}

export class SendProgress {
  readonly #stream: ByteStream;
  #mark: number;
  #madeAt: number;

  /** Begins to watch how many of the written bytes have left `stream`. `now` is the time for `lateAt` and `late`. */
  constructor(stream: ByteStream, now = 0) {
    this.#stream = stream;
    this.#mark = unsentMark(stream);
    this.#madeAt = now;
  }

  /** Returns the time at which nothing will have left for `ms`, as far as is known. */
  lateAt(ms: number): number {
    return this.#madeAt + ms;
  }

  /** Returns whether nothing has left for `ms`, and nothing was added. */
  late(now: number, ms: number): boolean {
    if (this.made()) this.#madeAt = now;
    return now >= this.lateAt(ms);
  }

  /** Returns whether everything has left. */
  get done(): boolean {
    return this.#stream.writableLength === 0;
  }

  /** Returns whether anything has left or was added since the last call, or since the start. */
  made(): boolean {
    const before = this.#mark;
    this.#mark = unsentMark(this.#stream);
    return this.#mark !== before;
  }
}
