// Limits how long a client may take to send a request body. The client must never be silent for longer than the idle
// timeout, and on average it must keep a minimum rate. So neither a stalled upload nor a very slow one holds a server's
// connection for ever, and a long upload at a decent speed may take as long as it needs. (A fixed time for the whole
// body would break long uploads.) Time in which this proxy did not read the body does not count.

const READING = -1;

export class BodyAllowance {
  readonly #idleMs: number;
  readonly #bytesPerSecond: number;
  #startedAt = 0;
  #pausedAt = READING;
  /** When bytes of the body were last received, in the clock's milliseconds. */
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

  /**
   * For a client that is late: returns true when it was sending too slowly, false when it was silent for the idle
   * timeout.
   */
  sendsTooSlowly(now: number): boolean {
    return now - this.#cameAt < this.#idleMs;
  }

  /**
   * Returns the time at which the client becomes late if no more bytes come. `bytes` is how many
   * bytes of the body have come by `now`.
   */
  deadline(now: number, bytes: number): number {
    if (this.#bytesPerSecond === 0) return now + this.#idleMs;
    const slowest = this.#startedAt + this.#idleMs + (bytes * 1000) / this.#bytesPerSecond;
    return Math.min(now + this.#idleMs, slowest);
  }
}
