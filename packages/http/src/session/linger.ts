// The end of a connection whose client may still be sending: the answer is on its way, we half-close
// and read on for a while, because closing with unread input makes TCP reset the answer away
// (RFC 9112 §9.6). Bounded in time and bytes; extended while the client goes on taking the answer.
import type { RequestHead } from "../message/head.ts";
import type { ByteStream } from "./byte-stream.ts";
import { SendProgress } from "./send-progress.ts";

const LINGER_MS = 2_000;
/** Far more than a fast and distant client has on its way when it learns of our answer. */
const LINGER_BYTES = 16 * 1024 * 1024;

/**
 * Whether a connection may be closed at once, without lingering. So it is when the client has said that its request is
 * the last, that request has no body, and the kernel has taken the whole answer: no input can come that would reset it
 * away. Over TLS the closing alert has to go out first.
 */
export function resetsNothing(stream: ByteStream, { keepAlive, bodyLength }: RequestHead): boolean {
  return !keepAlive && bodyLength === 0 && stream.writableLength === 0 && stream.encrypted !== true;
}

export class Linger {
  readonly #stream: ByteStream;
  /** A client that takes nothing of the answer for so long is given up. */
  readonly #stalledMs: number;
  readonly #untilClose: boolean;
  #discarded = 0;
  readonly #progress: SendProgress;
  #until: number;

  /** Half-closes `stream`. @param untilClose nothing but that tells the client where the answer ends */
  constructor(stream: ByteStream, stalledMs: number, now: number, untilClose: boolean) {
    this.#stream = stream;
    this.#stalledMs = stalledMs;
    this.#untilClose = untilClose;
    this.#progress = new SendProgress(stream);
    this.#until = now + stalledMs;
    stream.end();
    stream.resume();
  }

  /** When `goOn` is to be asked next. */
  static deadline(now: number): number {
    return now + LINGER_MS;
  }

  /** Ending it now would make a part of the answer look like the whole. */
  get cutShort(): boolean {
    return this.#untilClose && this.#stream.writableLength > 0;
  }

  /** Throws away what the client still sends. False when that is too much. */
  discard(bytes: number): boolean {
    this.#discarded += bytes;
    return this.#discarded <= LINGER_BYTES;
  }

  /** Whether to wait on: some of the answer has not left, and the client keeps taking it. */
  goOn(now: number): boolean {
    if (this.#progress.made()) this.#until = now + this.#stalledMs;
    return !this.#progress.done && now < this.#until;
  }
}
