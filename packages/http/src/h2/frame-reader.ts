// Cuts the bytes of a connection into frames (RFC 9113 §4.1), in whatever pieces they come. The payload of DATA is
// passed on as it comes, without a copy. All other payloads are short; one that comes in pieces is collected first.
//
//   HEADER ──▶ PAYLOAD ────────────────────────────────▶ HEADER
//      └─────▶ PAD_LENGTH ──▶ BODY ──▶ PADDING ──▶ HEADER     (DATA; without the flag PADDED it is BODY alone)
import { H2Failure, PROTOCOL_ERROR } from "./error-code.ts";
import { DATA, FRAME_HEADER, frameHeaderFault, PADDED } from "./frame-type.ts";

/** Gets the frames. A method that returns a failure ends the reading. */
export interface FrameSink {
  /** Gets any frame but DATA. Its payload is in [from, to) of `bytes`, and valid only during the call. */
  frame(
    type: number,
    flags: number,
    stream: number,
    bytes: Buffer,
    from: number,
    to: number,
  ): H2Failure | undefined;
  /**
   * Called when a DATA frame begins. `length` is that of its payload, which counts against the windows; `data` is
   * that of the data alone, without padding.
   */
  dataBegins(stream: number, flags: number, length: number, data: number): H2Failure | undefined;
  /** Gets at least one byte of the frame's data, in [from, to) of `bytes`. */
  data(bytes: Buffer, from: number, to: number): void;
  /** Called when the whole DATA frame has come. */
  dataEnds(): H2Failure | undefined;
}

const HEADER = 0;
const PAYLOAD = 1;
const PAD_LENGTH = 2;
const BODY = 3;
const PADDING = 4;

export class FrameReader {
  readonly #sink: FrameSink;
  #state = HEADER;
  /** The beginning of a header or payload whose rest has not come yet; undefined when there is none. */
  #kept: Buffer | undefined = undefined;
  #keptLength = 0;
  #type = 0;
  #flags = 0;
  #stream = 0;
  /** How many bytes of the frame's payload have not come yet; for DATA without the padding. */
  #left = 0;
  #padding = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Returns whether a frame has begun and is not complete. */
  get started(): boolean {
    return this.#state !== HEADER || this.#keptLength > 0;
  }

  /** Returns whether a frame other than DATA has begun and is not complete. */
  get withinFrame(): boolean {
    return this.#state === PAYLOAD || this.#keptLength > 0;
  }

  /** Reads bytes from `offset` on. Returns the failure that ends the connection, if there is one. */
  read(chunk: Buffer, offset: number): H2Failure | undefined {
    let at = offset;
    while (at < chunk.length) {
      const result = this.#step(chunk, at);
      if (typeof result !== "number") return result;
      at = result;
    }
    return undefined;
  }

  #step(chunk: Buffer, at: number): number | H2Failure {
    if (this.#state === BODY) return this.#body(chunk, at);
    if (this.#state === PADDING) return this.#pad(chunk, at);
    if (this.#state === PAD_LENGTH) return this.#padLength(chunk, at);
    const wanted = this.#state === HEADER ? FRAME_HEADER : this.#left;
    const next = at + wanted - this.#keptLength;
    if (next > chunk.length) {
      this.#keep(chunk, at, wanted);
      return chunk.length;
    }
    let bytes = chunk;
    let from = at;
    if (this.#keptLength > 0) {
      bytes = this.#keep(chunk.subarray(0, next), at, wanted);
      from = 0;
      this.#kept = undefined;
      this.#keptLength = 0;
    }
    const failure =
      this.#state === HEADER
        ? this.#header(bytes, from)
        : this.#payload(bytes, from, from + wanted);
    return failure ?? next;
  }

  /** Keeps the bytes from `at` on, of `wanted` bytes together. Returns the memory in which they are kept. */
  #keep(chunk: Buffer, at: number, wanted: number): Buffer {
    this.#kept ??= Buffer.allocUnsafe(wanted);
    this.#keptLength += chunk.copy(this.#kept, this.#keptLength, at);
    return this.#kept;
  }

  #header(bytes: Buffer, at: number): H2Failure | undefined {
    const length = bytes.readUIntBE(at, 3);
    const type = bytes[at + 3] as number;
    const flags = bytes[at + 4] as number;
    const stream = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    const fault = frameHeaderFault(type, stream, length);
    if (fault !== undefined) return fault;
    this.#type = type;
    this.#flags = flags;
    this.#stream = stream;
    this.#left = length;
    if (type === DATA) return this.#dataBegins(length);
    if (length === 0) return this.#payload(bytes, 0, 0);
    this.#state = PAYLOAD;
    return undefined;
  }

  #payload(bytes: Buffer, from: number, to: number): H2Failure | undefined {
    this.#state = HEADER;
    return this.#sink.frame(this.#type, this.#flags, this.#stream, bytes, from, to);
  }

  #dataBegins(length: number): H2Failure | undefined {
    this.#padding = 0;
    if ((this.#flags & PADDED) === 0) return this.#begin(length, length);
    if (length === 0) return tooMuchPadding();
    this.#state = PAD_LENGTH;
    return undefined;
  }

  #padLength(chunk: Buffer, at: number): number | H2Failure {
    const length = this.#left;
    const padding = chunk[at] as number;
    if (padding >= length) return tooMuchPadding();
    this.#padding = padding;
    this.#left = length - 1 - padding;
    return this.#begin(length, this.#left) ?? at + 1;
  }

  #begin(length: number, data: number): H2Failure | undefined {
    const failure = this.#sink.dataBegins(this.#stream, this.#flags, length, data);
    if (failure !== undefined) return failure;
    this.#state = data > 0 ? BODY : PADDING;
    return data === 0 && this.#padding === 0 ? this.#dataEnds() : undefined;
  }

  #body(chunk: Buffer, at: number): number | H2Failure {
    const to = Math.min(at + this.#left, chunk.length);
    this.#left -= to - at;
    this.#sink.data(chunk, at, to);
    if (this.#left > 0) return to;
    this.#state = PADDING;
    return this.#padding === 0 ? (this.#dataEnds() ?? to) : to;
  }

  #pad(chunk: Buffer, at: number): number | H2Failure {
    const to = Math.min(at + this.#padding, chunk.length);
    this.#padding -= to - at;
    return this.#padding === 0 ? (this.#dataEnds() ?? to) : to;
  }

  #dataEnds(): H2Failure | undefined {
    this.#state = HEADER;
    return this.#sink.dataEnds();
  }
}

/** Returns the refusal of padding that is as long as its frame, or longer (§6.1). */
export function tooMuchPadding(): H2Failure {
  const message = "A frame's padding is not shorter than its payload";
  return new H2Failure(PROTOCOL_ERROR, "too-much-padding", message);
}
