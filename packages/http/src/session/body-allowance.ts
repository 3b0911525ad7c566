// How long a client may take for a request body: never silent for longer than the idle timeout, and in
// all not slower than a minimum rate, so that neither a stalled nor a dribbling upload holds a server's
// connection for ever, while a long upload at a decent speed takes as long as it takes. (A flat total
// would break those.) Time in which we did not want to read is not counted.

const READING = -1;

export class BodyAllowance {
  readonly #idleMs: number;
  readonly #bytesPerSecond: number;
  #startedAt = 0;
  #pausedAt = READING;
  /** When bytes last came. */
  #cameAt = 0;

  constructor(idleMs: number, bytesPerSecond: number) {
    this.#idleMs = idleMs;
    this.#bytesPerSecond = bytesPerSecond;
  }

  start(now: number): void {
    this.#startedAt = now;
    this.#cameAt = now;
    this.#pausedAt = READING;
  }

  paused(now: number): void {
    if (this.#pausedAt === READING) this.#pausedAt = now;
  }

  resumed(now: number): void {
    if (this.#pausedAt !== READING) this.#startedAt += now - this.#pausedAt;
    this.#cameAt = now;
    this.#pausedAt = READING;
  }

  /** Of a client that is late: whether it did send, and not enough. */
  dribbles(now: number): boolean {
    return now - this.#cameAt < this.#idleMs;
  }

  /** When the client is late, with so many bytes received by now. */
  deadline(now: number, bytes: number): number {
    if (this.#bytesPerSecond === 0) return now + this.#idleMs;
    const slowest = this.#startedAt + this.#idleMs + (bytes * 1000) / this.#bytesPerSecond;
    return Math.min(now + this.#idleMs, slowest);
  }
}
