// Ends a connection whose client may still be sending: we half-close and go on reading for a while.
// If we closed with unread input, TCP would send a reset, and the client would lose the answer (RFC
// 9112 §9.6). The time and the bytes of this reading are limited. The time is extended while the
// client keeps taking the answer.
import type { RequestHead } from "../message/head.ts";
import type { ByteStream } from "./byte-stream.ts";
import { SendProgress } from "./send-progress.ts";

const LINGER_MS = 2_000;
/**
 * How many bytes are read at most while lingering: far more than a fast and distant client can have sent before it sees
 * our answer.
 */
const LINGER_BYTES = 16 * 1024 * 1024;

/**
 * Returns whether the connection may be closed at once, without lingering. Three things must hold: the client
 * announced that this request is its last, the request has no body, and the kernel has taken the whole answer. Then
 * no input can come that would make TCP send a reset, by which the client could lose the answer. Over TLS the result
 * is false, because the closing alert has to go out first.
 */
export function mayCloseAtOnce(
  stream: ByteStream,
  { keepAlive, bodyLength }: RequestHead,
): boolean {
  return !keepAlive && bodyLength === 0 && stream.writableLength === 0 && stream.encrypted !== true;
}

export class Linger {
  readonly #stream: ByteStream;
  /** For how many milliseconds the client may take nothing of the answer. After that the connection is closed. */
  readonly #stalledMs: number;
  readonly #untilClose: boolean;
  #discarded = 0;
  readonly #progress: SendProgress;
  #until: number;

  /** Half-closes `stream`. @param untilClose whether only the end of the connection shows where the answer ends */
  constructor(stream: ByteStream, stalledMs: number, now: number, untilClose: boolean) {
    this.#stream = stream;
    this.#stalledMs = stalledMs;
    this.#untilClose = untilClose;
    this.#progress = new SendProgress(stream);
    this.#until = now + stalledMs;
    stream.end();
    stream.resume();
  }

  /** Returns the time at which `goOn` has to be called next. */
  static deadline(now: number): number {
    return now + LINGER_MS;
  }

  /** Returns whether ending the connection now would make a part of the answer look like the whole. */
  get cutShort(): boolean {
    return this.#untilClose && this.#stream.writableLength > 0;
  }

  /** Counts bytes that the client still sends and that are discarded. Returns false when they are too many. */
  discard(bytes: number): boolean {
    this.#discarded += bytes;
    return this.#discarded <= LINGER_BYTES;
  }

  /** Returns whether to wait longer, because part of the answer has not left and the client keeps taking it. */
  goOn(now: number): boolean {
    if (this.#progress.made()) this.#until = now + this.#stalledMs;
    return !this.#progress.done && now < this.#until;
  }
}
