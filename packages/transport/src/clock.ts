// Time and random numbers. They are passed in everywhere, so that tests and the simulator can control them.
// Only this file may use Date, performance, setTimeout and Math.random.
import { performance } from "node:perf_hooks"; // the global of that name is a getter, read each time

/** A cancelable timer. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds, with fractions. Only differences have a meaning. */
  now(): number;
  /** Wall clock, milliseconds since 1970. */
  wall(): number;
  after(ms: number, run: () => void): Timer;
  every(ms: number, run: () => void): Timer;
}

/** Uniform numbers in [0, 1). */
export type Rng = () => number;

/** The machine's clock. Its timers do not keep the process alive. */
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
