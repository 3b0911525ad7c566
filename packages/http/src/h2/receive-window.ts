// How much the peer may still send us, on a stream or on the connection (RFC 9113 §5.2). Room is given back when half of
// the window was taken and used, so that not every DATA frame is answered by a WINDOW_UPDATE.

export class ReceiveWindow {
  readonly #size: number;
  #left: number;
  #used = 0;

  constructor(size: number) {
    this.#size = size;
    this.#left = size;
  }

  /** How many bytes the peer may still send. */
  get left(): number {
    return Math.max(0, this.#left);
  }

  /** Counts bytes that have come. Returns false when the peer was not allowed to send them. */
  take(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  /** Counts bytes that were used. Returns how many bytes a WINDOW_UPDATE has to give back now; 0 = none. */
  use(bytes: number): number {
    this.#used += bytes;
    if (2 * this.#used < this.#size) return 0;
    const given = this.#used;
    this.#left += given;
    this.#used = 0;
    return given;
  }
}
