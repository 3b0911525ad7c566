// Whether a client that has not taken everything yet still takes something. `writableLength` counts a write until
// all of it has left, which for a big one and a slow client is far longer than any timeout; what is left of that
// write only Node's handle knows. (net.Socket asks it too before it calls a connection idle.)
import type { ByteStream } from "./byte-stream.ts";

/** Differs from one call to the next if some of what was written has left meanwhile and nothing was added. */
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

  /** Watches from now on. */
  constructor(stream: ByteStream) {
    this.#stream = stream;
    this.#mark = unsentMark(stream);
  }

  /** Nothing is left. */
  get done(): boolean {
    return this.#stream.writableLength === 0;
  }

  /** Whether anything has left, or was added, since the last call or the start. */
  made(): boolean {
    const before = this.#mark;
    this.#mark = unsentMark(this.#stream);
    return this.#mark !== before;
  }
}
