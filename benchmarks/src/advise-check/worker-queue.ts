// A server's workers, by the clock instead of by work: requests wait in order of arrival for one of a few workers, each of
// which is busy for a given time. When a request ends is computed as it arrives, so that a timer that fires late delays one
// answer and never the queue: the machine's own load makes no queue that is not meant.

export class WorkerQueue {
  readonly #freeAt: number[];
  readonly #speed: number;

  constructor(workers: number, speed: number) {
    this.#freeAt = new Array<number>(workers).fill(0);
    this.#speed = speed;
  }

  /** Takes in a request that arrives at `now`, later than all before. Returns when it ends, in milliseconds. */
  take(now: number, workMs: number): number {
    let worker = 0;
    for (const [i, at] of this.#freeAt.entries()) if (at < (this.#freeAt[worker] ?? 0)) worker = i;
    const end = Math.max(now, this.#freeAt[worker] ?? 0) + workMs / this.#speed;
    this.#freeAt[worker] = end;
    return end;
  }
}
