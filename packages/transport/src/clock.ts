// Time and random numbers. Code receives a clock and a source of random numbers as parameters, so that tests and the
// simulator can control both. Only this file may use Date, performance, setTimeout and Math.random. It imports
// `performance`, because the global of that name is a getter that runs at each use.
import { performance } from "node:perf_hooks";

/** A cancelable timer. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Returns monotonic milliseconds, with fractions. Only the difference between two results has a meaning. */
  now(): number;
  /** Returns the wall-clock time in milliseconds since 1970. */
  wall(): number;
  after(ms: number, run: () => void): Timer;
  every(ms: number, run: () => void): Timer;
}

/** Returns a random number, uniform in [0, 1). */
export type Rng = () => number;

/** The machine's clock. The process may exit although timers of this clock are still running. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
};

export const systemRng: Rng = () => Math.random();
