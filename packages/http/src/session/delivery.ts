// How long a client may take to read what was written to it. The whole time has no limit, but the client must take
// some of it within each timeout. The time for its next request starts only when it has the whole answer.
import type { ByteStream } from "./byte-stream.ts";
import { SendProgress } from "./send-progress.ts";
import type { SessionDeadline, SessionTimers } from "./session-handler.ts";

export class Delivery {
  readonly #stream: ByteStream;
  readonly #timers: SessionTimers;
  readonly #deadline: SessionDeadline;
  /** Set while the client's progress is watched. */
  #progress: SendProgress | undefined = undefined;

  constructor(stream: ByteStream, timers: SessionTimers, deadline: SessionDeadline) {
    this.#stream = stream;
    this.#timers = timers;
    this.#deadline = deadline;
  }

  /** The client has not taken what was written. Its time starts now. */
  slow(): void {
    if (this.#progress !== undefined) return;
    this.#progress = new SendProgress(this.#stream);
    this.#clientsTime();
  }

  /** The client has taken everything. Returns whether we were waiting for that. */
  drained(): boolean {
    const watched = this.#progress !== undefined;
    this.#progress = undefined;
    return watched;
  }

  /** Whether the client has taken something since the last call of this, or of `slow`. */
  goesOn(): boolean {
    const made = this.#progress?.made() ?? true;
    this.#progress ??= new SendProgress(this.#stream);
    return made;
  }

  /** The answer is written, and the client may send its next request. */
  awaitRequest(): void {
    if (this.#stream.writableLength > 0) {
      this.#progress = new SendProgress(this.#stream);
      this.#clientsTime();
    } else {
      this.#progress = undefined;
      this.#deadline.at = this.#timers.now() + this.#timers.httpKeepAlive;
    }
  }

  /** The deadline of `awaitRequest` has passed. Returns whether the client gets more time. */
  awaitsOn(): boolean {
    if (this.#progress?.made() !== true) return false;
    this.awaitRequest();
    return true;
  }

  #clientsTime(): void {
    this.#deadline.at = this.#timers.now() + this.#timers.client;
  }
}
