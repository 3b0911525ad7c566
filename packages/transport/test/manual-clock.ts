// A clock for tests of code that uses timers.
import type { Clock, Timer } from "../src/index.ts";

/** A clock whose time stands still until the test moves it. */
export class ManualClock implements Clock {
  #now = 0;
  #every: (() => void)[] = [];
  #after: (() => void)[] = [];
  now = (): number => this.#now;
  wall = (): number => this.#now;
  after(_ms: number, run: () => void): Timer {
    this.#after.push(run);
    return {
      cancel: () => {
        this.#after = this.#after.filter((other) => other !== run);
      },
    };
  }
  every(_ms: number, run: () => void): Timer {
    this.#every.push(run);
    return {
      cancel: () => {
        this.#every = this.#every.filter((other) => other !== run);
      },
    };
  }
  /** Moves the time without running any timer, as if the thread were busy. */
  pass(ms: number): void {
    this.#now += ms;
  }
  move(ms: number): void {
    this.#now += ms;
    for (const run of this.#every) run();
    while (this.step());
  }
  /**
   * Runs all timers that were set with `after` before this call. A timer that is set while they run has to wait for the
   * next call. Returns whether any timer ran.
   */
  step(): boolean {
    const due = this.#after;
    this.#after = [];
    for (const run of due) run();
    return due.length > 0;
  }
}
