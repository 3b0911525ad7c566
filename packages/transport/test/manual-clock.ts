// Time for tests of what waits.
import type { Clock, Timer } from "../src/index.ts";

/** A clock that the test moves. */
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
  /** Time goes by in which something is done. */
  pass(ms: number): void {
    this.#now += ms;
  }
  move(ms: number): void {
    this.#now += ms;
    for (const run of this.#every) run();
    while (this.step());
  }
  /** What was to happen after a while, but for what follows from it. Returns whether there was anything. */
  step(): boolean {
    const due = this.#after;
    this.#after = [];
    for (const run of due) run();
    return due.length > 0;
  }
}
