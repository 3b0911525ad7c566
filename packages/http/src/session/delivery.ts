// How long a client may take for what was written to it: for ever, as long as it takes something of it within its
// timeout. Only when it has an answer does its time for the next request run.
import type { ByteStream } from "./byte-stream.ts";
import { SendProgress } from "./send-progress.ts";
import type { SessionDeadline, SessionTimers } from "./session-handler.ts";

export class Delivery {
  readonly #stream: ByteStream;
  readonly #timers: SessionTimers;
  readonly #deadline: SessionDeadline;
  /** While it is watched. */
  #progress: SendProgress | undefined = undefined;

  constructor(stream: ByteStream, timers: SessionTimers, deadline: SessionDeadline) {
    this.#stream = stream;
    this.#timers = timers;
    this.#deadline = deadline;
  }

  /** The client has not taken what was written: its time runs from now on. */
  slow(): void {
    if (this.#progress !== undefined) return;
    this.#progress = new SendProgress(this.#stream);
    this.#clientsTime();
  }

  /** It has everything. Returns whether that was waited for. */
  drained(): boolean {
    const watched = this.#progress !== undefined;
    this.#progress = undefined;
    return watched;
  }

  /** Whether the client has taken something since this was last asked, or `slow`. */
  goesOn(): boolean {
    const made = this.#progress?.made() ?? true;
    this.#progress ??= new SendProgress(this.#stream);
    return made;
  }

  /** The answer is written, and the client may ask on. */
  awaitRequest(): void {
    if (this.#stream.writableLength > 0) {
      this.#progress = new SendProgress(this.#stream);
      this.#clientsTime();
    } else {
      this.#progress = undefined;
      this.#deadline.at = this.#timers.now() + this.#timers.httpKeepAlive;
    }
  }

  /** The deadline of `awaitRequest` has passed. Returns whether there is another. */
  awaitsOn(): boolean {
    if (this.#progress?.made() !== true) return false;
    this.awaitRequest();
    return true;
  }

  #clientsTime(): void {
    this.#deadline.at = this.#timers.now() + this.#timers.client;
  }
}
