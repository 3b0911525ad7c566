// Timeouts for many connections at the price of one timer: each connection keeps its own `deadline`
// as a number, and a coarse sweep finds those that have passed. Late by up to one sweep, never early.
import type { Clock, Timer } from "./clock.ts";

export interface Watched {
  /** When `expired` is due, on the clock of the sweep. It may be moved at any time. */
  readonly deadline: number;
  /** Must move the deadline or end the connection. */
  expired(): void;
}

const SWEEP_MS = 100;

export class Deadlines {
  readonly #clock: Clock;
  readonly #watched = new Set<Watched>();
  #timer: Timer | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  watch(item: Watched): void {
    this.#watched.add(item);
    this.#timer ??= this.#clock.every(SWEEP_MS, () => this.sweep());
  }

  forget(item: Watched): void {
    this.#watched.delete(item);
  }

  sweep(): void {
    const now = this.#clock.now();
    for (const item of this.#watched) {
      if (item.deadline <= now) item.expired();
    }
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#watched.clear();
  }
}
