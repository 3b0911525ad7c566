// Puts a header block together: HEADERS and the CONTINUATION frames behind it (RFC 9113 §6.2, §6.10). Nearly every block
// comes in one frame and is not copied.
import { ENHANCE_YOUR_CALM, H2Failure, PROTOCOL_ERROR } from "./error-code.ts";
import { tooMuchPadding } from "./frame-reader.ts";
import { END_HEADERS, END_STREAM, PADDED, PRIORITY_FLAG } from "./frame-type.ts";

const PRIORITY_BYTES = 5;

export class HeaderAssembly {
  /** The stream whose block is incomplete; 0 when there is none. Until then no other frame may come. */
  stream = 0;
  /** The stream of the last block that came in more than one frame. */
  lastStream = 0;
  /** Whether the stream ends with this block. */
  ends = false;
  /** The complete block, in [from, to) of `bytes`. Valid after a call that has returned true. */
  bytes: Buffer = Buffer.alloc(0);
  from = 0;
  to = 0;
  readonly #mostBytes: number;
  readonly #mostFrames: number;
  #parts: Buffer[] = [];
  #frames = 0;
  #length = 0;

  constructor(mostBytes: number, mostFrames: number) {
    this.#mostBytes = mostBytes;
    this.#mostFrames = mostFrames;
  }

  /** Takes a HEADERS frame. Returns whether the block is complete. */
  headers(
    flags: number,
    stream: number,
    bytes: Buffer,
    from: number,
    to: number,
  ): boolean | H2Failure {
    let start = from;
    let end = to;
    if ((flags & PADDED) !== 0) {
      if (from === to) return tooMuchPadding();
      end -= bytes[start++] as number;
    }
    if ((flags & PRIORITY_FLAG) !== 0) start += PRIORITY_BYTES;
    if (start > end) return tooMuchPadding();
    this.ends = (flags & END_STREAM) !== 0;
    if ((flags & END_HEADERS) !== 0) return this.#complete(bytes, start, end);
    this.stream = stream;
    this.lastStream = stream;
    this.#frames = 0;
    this.#length = 0;
    this.#parts = [];
    return this.#add(bytes, start, end);
  }

  /** Takes a CONTINUATION frame. Returns whether the block is complete. */
  continuation(
    flags: number,
    stream: number,
    bytes: Buffer,
    from: number,
    to: number,
  ): boolean | H2Failure {
    if (stream !== this.stream || stream === 0) {
      const message = "CONTINUATION without HEADERS before it";
      return new H2Failure(PROTOCOL_ERROR, "stray-continuation", message);
    }
    if (++this.#frames > this.#mostFrames) {
      const message = `More than ${this.#mostFrames} CONTINUATION frames for one head`;
      return new H2Failure(ENHANCE_YOUR_CALM, "continuation-flood", message);
    }
    const added = this.#add(bytes, from, to);
    if (added !== false || (flags & END_HEADERS) === 0) return added;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.stream = 0;
    return this.#complete(whole, 0, whole.length);
  }

  #add(bytes: Buffer, from: number, to: number): false | H2Failure {
    this.#length += to - from;
    if (this.#length > this.#mostBytes) {
      const message = `A header block of more than ${this.#mostBytes} bytes`;
      return new H2Failure(ENHANCE_YOUR_CALM, "header-block-too-large", message);
    }
    this.#parts.push(Buffer.from(bytes.subarray(from, to)));
    return false;
  }

  #complete(bytes: Buffer, from: number, to: number): true {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    return true;
  }
}
