// The frames that a connection is about to send, collected in one piece of memory. Copying bodies into it costs less
// than passing a list of headers and slices to the kernel: 16 KiB are copied in 1 µs, a piece more in a list costs that
// as well, and each frame would be two. Connections lend each other the memory, so one with nothing to send holds none.
import { WireBuffer } from "./wire-buffer.ts";

/** Takes the bytes of a connection in their order. */
export interface ByteSink {
  text(text: string): void;
  bytes(chunk: Buffer): void;
  /** Whether everything that the sink was given has left, so that its memory may be used again. Absent = unknown. */
  readonly settled?: boolean;
}

/** Up to this many bytes leave as text, which Node passes to the kernel without memory that has to be kept. */
const MOST_TEXT = 8 * 1024;
const LARGE_SIZE = 256 * 1024;
/** How many pieces of memory of each size a thread keeps for later. */
const MOST_SPARE = 8;

const spareSmall: WireBuffer[] = [];
const spareLarge: WireBuffer[] = [];

export class FrameOutput {
  readonly #sink: ByteSink;
  #buffer: WireBuffer | undefined = undefined;
  /** Memory that was passed to the sink. It may be used again when the sink has settled. */
  #lent: WireBuffer | undefined = undefined;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Returns how many bytes were written and not passed on. */
  get length(): number {
    return this.#buffer?.length ?? 0;
  }

  /** Returns the memory to write frames to. */
  get buffer(): WireBuffer {
    this.#buffer ??= spareSmall.pop() ?? new WireBuffer();
    return this.#buffer;
  }

  /** Adds a copy of the bytes in [from, to) of `chunk`. */
  piece(chunk: Buffer, from: number, to: number): void {
    const total = this.length + to - from;
    if (total > LARGE_SIZE) this.flush();
    if (total > MOST_TEXT) this.#enlarge();
    this.buffer.copy(chunk, from, to);
  }

  /** Passes everything on to the sink. */
  flush(): void {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    this.#buffer = undefined;
    if (buffer.length > MOST_TEXT) {
      this.#reclaim();
      this.#lent = buffer;
      this.#sink.bytes(buffer.bytes.subarray(0, buffer.length));
      return;
    }
    if (buffer.length > 0) this.#sink.text(buffer.toText());
    keep(buffer);
  }

  /** Exchanges small memory for large. */
  #enlarge(): void {
    const small = this.#buffer;
    if (small !== undefined && small.bytes.length >= LARGE_SIZE) return;
    this.#reclaim();
    const large = spareLarge.pop() ?? new WireBuffer(LARGE_SIZE);
    this.#buffer = large;
    if (small === undefined) return;
    large.copy(small.bytes, 0, small.length);
    keep(small);
  }

  /** Takes lent memory back, or leaves it to the garbage collector while the sink still needs it. */
  #reclaim(): void {
    const lent = this.#lent;
    this.#lent = undefined;
    if (lent !== undefined && this.#sink.settled === true) keep(lent);
  }

  /** Called when the sink has sent everything that it was given, so that other connections may use the memory. */
  settled(): void {
    this.#reclaim();
  }
}

function keep(buffer: WireBuffer): void {
  buffer.clear();
  const size = buffer.bytes.length;
  if (size > LARGE_SIZE) return;
  const spare = size === LARGE_SIZE ? spareLarge : spareSmall;
  if (spare.length < MOST_SPARE) spare.push(buffer);
}
