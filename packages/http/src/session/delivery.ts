// Limits how long a client may take to read the bytes that were written to it. The whole time has no limit, but the
// client must take some bytes within each timeout. The time for the client's next request starts only when the client
// has the whole answer.
import type { ByteStream } from "./byte-stream.ts";
import { SendProgress } from "./send-progress.ts";
import type { SessionDeadline, SessionTimers } from "./session-handler.ts";

/** A write of at most one TLS record (RFC 8446 §5.1). To find out whether it has left would cost every small answer 1 %. */
const RECORD = 16 * 1024;

export class Delivery {
  readonly #stream: ByteStream;
  readonly #timers: SessionTimers;
  readonly #deadline: SessionDeadline;
  /** Watches whether the client takes bytes; undefined while the session does not wait for the client. */
  #progress: SendProgress | undefined = undefined;

  constructor(stream: ByteStream, timers: SessionTimers, deadline: SessionDeadline) {
    this.#stream = stream;
    this.#timers = timers;
    this.#deadline = deadline;
  }

  /**
   * Called when the client has not taken all bytes that were written. From now on the client has to take some bytes
   * within each timeout (`timers.client`).
   */
  slow(): void {
    if (this.#progress !== undefined) return;
    this.#progress = new SendProgress(this.#stream);
    this.#clientsTime();
  }

  /** Called when the client has taken everything. Returns whether the session was waiting for that. */
  drained(): boolean {
    const watched = this.#progress !== undefined;
    this.#progress = undefined;
    return watched;
  }

  /** Returns whether the client has taken some bytes since the last call of `goesOn` or `slow`. */
  goesOn(): boolean {
    const made = this.#progress?.made() ?? true;
    this.#progress ??= new SendProgress(this.#stream);
    return made;
  }

  /** Called when the answer is written, and the client may send its next request. */
  awaitRequest(): void {
    if (this.#stream.writableLength > this.#uncertain) {
      this.#progress = new SendProgress(this.#stream);
      this.#clientsTime();
    } else {
      this.#progress = undefined;
      this.#deadline.at = this.#timers.now() + this.#timers.httpKeepAlive;
    }
  }

  /**
   * Called when the deadline of `awaitRequest` has passed. If the client has taken bytes of the
   * answer since that call, or may still be taking them, sets a new deadline and returns true.
   */
  awaitsOn(): boolean {
    if (this.#progress === undefined) {
      if (this.#stream.writableLength === 0) return false;
      this.slow();
      return true;
    }
    if (!this.#progress.made()) return false;
    this.awaitRequest();
    return true;
  }

  /** How many bytes may count as unsent although they have left: with TLS, the last write does until the next turn. */
  get #uncertain(): number {
    return this.#stream.encrypted === true ? RECORD : 0;
  }

  #clientsTime(): void {
    this.#deadline.at = this.#timers.now() + this.#timers.client;
  }
}
