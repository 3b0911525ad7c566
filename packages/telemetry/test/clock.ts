// Clocks for tests: the machine's own clock, and a clock that moves only when the test moves it.
import type { TelemetryClock, TelemetryTimer } from "../src/options.ts";

export const realClock: TelemetryClock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, run) {
    const timer = setInterval(run, ms).unref();
    return { cancel: () => clearInterval(timer) };
  },
};

interface Due {
  at: number;
  readonly period: number | undefined;
  readonly run: () => void;
}

/** A clock that moves only when `advance` is called. `advance` runs the timers that fall due, in order. */
export class ManualClock implements TelemetryClock {
  #now = 0;
  readonly #due = new Set<Due>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }

  after(ms: number, run: () => void): TelemetryTimer {
    return this.#add({ at: this.#now + ms, period: undefined, run });
  }

  every(ms: number, run: () => void): TelemetryTimer {
    return this.#add({ at: this.#now + ms, period: ms, run });
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#due].filter((d) => d.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#now = next.at;
      if (next.period === undefined) this.#due.delete(next);
      else next.at += next.period;
      next.run();
    }
    this.#now = end;
  }

  #add(due: Due): TelemetryTimer {
    this.#due.add(due);
    return { cancel: () => void this.#due.delete(due) };
  }
}

/** Waits until `holds` returns true. After `deadlineMs` it throws an error that names the condition. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 60_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
