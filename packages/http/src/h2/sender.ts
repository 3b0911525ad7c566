// Sends the bodies of all streams, as far as the windows of stream and connection allow (RFC 9113 §5.2). When the
// connection's window is the narrow one, the streams take turns, a frame each.
import type { Fields } from "../message/fields.ts";
import type { Allowance } from "./allowance.ts";
import type { Floods } from "./floods.ts";
import type { FrameOutput } from "./frame-output.ts";
import { writeDataHeader } from "./frame-writer.ts";
import { DEFAULT_WINDOW, MOST_WINDOW } from "./settings.ts";
import type { H2Stream } from "./stream.ts";

/** A DATA frame below this size counts as tiny when the window made it so, and so does what a slow client takes. */
export const TINY = 256;

export interface SenderHooks {
  readonly maxFrame: number;
  readonly now: number;
  writeTrailers(stream: H2Stream, trailers: Fields): void;
  /** Called when our half of the stream is complete. */
  localEnded(stream: H2Stream): void;
  /** Called when the peer makes us send too many tiny frames. */
  tinyWindows(): void;
}

export class Sender {
  window = DEFAULT_WINDOW;
  readonly #out: FrameOutput;
  readonly #hooks: SenderHooks;
  readonly #tiny: Allowance;
  readonly #floods: Floods;
  /** Streams that wait for the connection's window, in the order of their turns. */
  readonly #waiting = new Set<H2Stream>();

  constructor(out: FrameOutput, hooks: SenderHooks, tiny: Allowance, floods: Floods) {
    this.#out = out;
    this.#hooks = hooks;
    this.#tiny = tiny;
    this.#floods = floods;
  }

  /** Sends what the stream has queued, and its end. */
  send(stream: H2Stream): void {
    while (stream.queued > 0) {
      if (!this.#frame(stream)) return;
    }
    this.#finish(stream);
  }

  /** Widens the connection's window. Returns false when it exceeds what the protocol allows. */
  widen(bytes: number): boolean {
    this.window += bytes;
    if (this.window > MOST_WINDOW) return false;
    for (const stream of this.#waiting) {
      if (this.window <= 0) break;
      this.#waiting.delete(stream);
      if (!this.#frame(stream)) continue;
      if (stream.queued > 0) this.#waiting.add(stream);
      else this.#drained(stream);
    }
    return true;
  }

  /** Goes on with a stream whose own window was widened. */
  resume(stream: H2Stream): void {
    if (stream.queued === 0 || this.#waiting.has(stream)) return;
    this.send(stream);
    if (stream.queued === 0 && !stream.ending) stream.listener?.drained();
  }

  forget(stream: H2Stream): void {
    this.#waiting.delete(stream);
  }

  /** Sends one frame. Returns false when the windows allow none; a stream that waits for the connection is noted. */
  #frame(stream: H2Stream): boolean {
    const { queue, offset, queued } = stream;
    const first = queue[0] as Buffer;
    const wanted = Math.min(first.length - offset, this.#hooks.maxFrame);
    const length = Math.min(wanted, stream.sendWindow, this.window);
    if (length <= 0) {
      if (stream.sendWindow > 0) this.#waiting.add(stream);
      return false;
    }
    if (length < wanted && length < TINY && !this.#tiny.take(this.#hooks.now)) {
      this.#hooks.tinyWindows();
      return false;
    }
    // Behind each of the frames that use a window up, an honest peer's window may leave a rest that is tiny.
    if (length >= TINY) this.#tiny.give(1);
    const ends = stream.ending && stream.trailers === undefined && length === queued;
    writeDataHeader(this.#out.buffer, stream.id, length, ends);
    this.#out.piece(first, offset, offset + length);
    this.window -= length;
    stream.sendWindow -= length;
    stream.queued -= length;
    stream.sent += length;
    stream.offset += length;
    if (stream.offset === first.length) {
      queue.shift();
      stream.offset = 0;
    }
    this.#floods.sent(length);
    if (ends) this.#hooks.localEnded(stream);
    return true;
  }

  #drained(stream: H2Stream): void {
    this.#finish(stream);
    if (!stream.ending) stream.listener?.drained();
  }

  /** Ends the stream's half, if it has to end and has not yet. */
  #finish(stream: H2Stream): void {
    if (!stream.ending || stream.localDone || stream.closed) return;
    if (stream.trailers === undefined) writeDataHeader(this.#out.buffer, stream.id, 0, true);
    else this.#hooks.writeTrailers(stream, stream.trailers);
    this.#hooks.localEnded(stream);
  }
}
