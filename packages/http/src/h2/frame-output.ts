// The frames that a connection is about to send. Short frames are collected in one memory, which connections lend each
// other: a connection that has nothing to send holds none.
import { WireBuffer } from "./wire-buffer.ts";

/** Takes the bytes of a connection in their order. */
export interface ByteSink {
  text(text: string): void;
  bytes(chunk: Buffer): void;
}

/** Pieces of at least this many bytes are passed on as they are. Copying a shorter one costs less than a piece more. */
const LARGE = 2048;
/** Memory that has grown beyond this is not kept. */
const MOST_KEPT = 64 * 1024;
const MOST_SPARE = 16;

const spare: WireBuffer[] = [];

export class FrameOutput {
  readonly #sink: ByteSink;
  #buffer: WireBuffer | undefined = undefined;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Returns the memory to write frames to. */
  get buffer(): WireBuffer {
    this.#buffer ??= spare.pop() ?? new WireBuffer();
    return this.#buffer;
  }

  /** Adds the bytes in [from, to) of `chunk`, which must not change until they were sent. */
  piece(chunk: Buffer, from: number, to: number): void {
    if (to - from < LARGE) {
      this.buffer.copy(chunk, from, to);
      return;
    }
    this.flush();
    this.#sink.bytes(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
  }

  /** Passes everything on to the sink. */
  flush(): void {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    this.#buffer = undefined;
    if (buffer.length > 0) this.#sink.text(buffer.toText());
    buffer.clear();
    if (spare.length < MOST_SPARE && buffer.bytes.length <= MOST_KEPT) spare.push(buffer);
  }
}
