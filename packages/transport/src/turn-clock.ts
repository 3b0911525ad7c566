// A clock that can stand still while the bytes of one read are processed. Reading the machine's time costs 60 ns on
// the machines measured. One exchange asks for the time a dozen times, all in two turns of the event loop that take a
// few microseconds each. While this clock stands still, asking it for the time costs next to nothing.
import type { Clock, Timer } from "./clock.ts";

const RUNNING = -1;

/** Makes a TurnClock that shows the time of `clock`. Returns `clock` itself if it is a TurnClock already. */
export function turnClock(clock: Clock): TurnClock {
  return clock instanceof TurnClock ? clock : new TurnClock(clock);
}

export class TurnClock implements Clock {
  readonly #clock: Clock;
  #at = RUNNING;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#at === RUNNING ? this.#clock.now() : this.#at;
  }

  wall(): number {
    return this.#clock.wall();
  }

  after(ms: number, run: () => void): Timer {
    return this.#clock.after(ms, run);
  }

  every(ms: number, run: () => void): Timer {
    return this.#clock.every(ms, run);
  }

  /** Stops the clock. The caller has to call `end` before the thread does other work. */
  begin(): void {
    this.#at = this.#clock.now();
  }

  end(): void {
    this.#at = RUNNING;
  }
}
