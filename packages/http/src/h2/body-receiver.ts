// Receives DATA frames: counts them against the windows of stream and connection, holds bodies against their
// Content-Length, and gives room back for bytes that were used (RFC 9113 §5.2, §6.1, §8.1.1).
import type { Fields } from "../message/fields.ts";
import type { H2Failure } from "./error-code.ts";
import { closedFault, protocolFault, windowExceeded } from "./faults.ts";
import type { FrameOutput } from "./frame-output.ts";
import { writeWindowUpdate } from "./frame-writer.ts";
import { ReceiveWindow } from "./receive-window.ts";
import type { H2Stream } from "./stream.ts";

export interface BodyHooks {
  streamError(stream: H2Stream, failure: H2Failure): H2Failure | undefined;
  remoteEnded(stream: H2Stream, trailers: Fields | undefined): H2Failure | undefined;
  /** Called for a frame that brought neither data nor the end of its stream. Returns what ends the connection. */
  emptyData(): H2Failure | undefined;
}

export class BodyReceiver {
  readonly #hooks: BodyHooks;
  readonly #out: FrameOutput;
  readonly #window: ReceiveWindow;
  /** The stream of the frame that is being read; undefined when its bytes are dropped. */
  #stream: H2Stream | undefined = undefined;
  #ends = false;
  /** The bytes of the frame that no listener gets: padding, and everything for a stream that is closed. */
  #unused = 0;

  constructor(hooks: BodyHooks, out: FrameOutput, window: number) {
    this.#hooks = hooks;
    this.#out = out;
    this.#window = new ReceiveWindow(window);
  }

  /** Begins a frame; see `FrameSink.dataBegins`. Returns what ends the connection. */
  begin(
    stream: H2Stream | undefined,
    length: number,
    data: number,
    ends: boolean,
  ): H2Failure | undefined {
    this.#stream = undefined;
    this.#ends = ends;
    this.#unused = length;
    if (!this.#window.take(length)) return windowExceeded();
    if (data === 0 && !ends) {
      const flood = this.#hooks.emptyData();
      if (flood !== undefined) return flood;
    }
    if (stream === undefined) return undefined;
    if (stream.remoteDone) {
      return this.#hooks.streamError(stream, closedFault("DATA behind the end of its stream"));
    }
    if (!stream.headed) {
      return this.#hooks.streamError(stream, protocolFault("early-data", "DATA before the head"));
    }
    if (!stream.receiveWindow.take(length)) {
      return this.#hooks.streamError(stream, windowExceeded());
    }
    if (stream.bodyLeft >= 0) {
      if (data > stream.bodyLeft) {
        const fault = protocolFault("long-body", "The body is longer than Content-Length says");
        return this.#hooks.streamError(stream, fault);
      }
      stream.bodyLeft -= data;
    }
    this.#stream = stream;
    return undefined;
  }

  /** Passes data on to the stream's listener. */
  data(bytes: Buffer, from: number, to: number): void {
    const stream = this.#stream;
    if (stream === undefined || stream.closed) return;
    const length = to - from;
    this.#unused -= length;
    stream.unread += length;
    stream.listener?.data(bytes.subarray(from, to));
  }

  /** Ends the frame. Returns what ends the connection. */
  end(): H2Failure | undefined {
    const stream = this.#stream;
    const unused = this.#unused;
    this.#stream = undefined;
    this.#unused = 0;
    const open = stream !== undefined && !stream.closed;
    if (!open || this.#ends) this.#giveBack(unused);
    else this.#widen(stream, unused);
    return open && this.#ends ? this.#hooks.remoteEnded(stream, undefined) : undefined;
  }

  /** Gives room back for bytes of a body that were used. */
  used(stream: H2Stream, bytes: number): void {
    stream.unread -= bytes;
    if (stream.closed) this.#giveBack(bytes);
    else this.#widen(stream, bytes);
  }

  /** Gives room back for the bytes of a closed stream that its listener will not use any more. */
  forget(stream: H2Stream): void {
    this.#giveBack(stream.unread);
    stream.unread = 0;
  }

  #widen(stream: H2Stream, bytes: number): void {
    this.#giveBack(bytes);
    const more = bytes === 0 || stream.remoteDone ? 0 : stream.receiveWindow.use(bytes);
    if (more > 0) writeWindowUpdate(this.#out.buffer, stream.id, more);
  }

  #giveBack(bytes: number): void {
    const more = bytes === 0 ? 0 : this.#window.use(bytes);
    if (more > 0) writeWindowUpdate(this.#out.buffer, 0, more);
  }
}
