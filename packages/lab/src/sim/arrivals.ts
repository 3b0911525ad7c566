// Open-loop arrivals: the arrival times are drawn without regard to the answers, so slow answers do
// not delay later requests. Latency is always measured from the drawn arrival time, so no slow
// answer is missed (no "coordinated omission"). A rate that changes over time is simulated by
// thinning (Lewis and Shedler 1979).
import { exp } from "./elementary.ts";
import type { Stream } from "./stream.ts";

/** Requests per second, constant or as a function of time. */
export type Rate =
  | number
  | {
      readonly kind: "ramp";
      readonly from: number;
      readonly to: number;
      readonly startMs: number;
      readonly endMs: number;
    }
  /** Each rate holds from its time on. Before the first time the rate is 0. */
  | { readonly kind: "steps"; readonly steps: readonly (readonly [fromMs: number, rate: number])[] }
  /** The rate rises linearly to the peak within `riseMs` and falls back with the time constant `decayMs`. */
  | {
      readonly kind: "flash-crowd";
      readonly base: number;
      readonly peak: number;
      readonly atMs: number;
      readonly riseMs: number;
      readonly decayMs: number;
    }
  /** The rate is a sine around `mean`, between mean · (1 − swing) and mean · (1 + swing). */
  | {
      readonly kind: "diurnal";
      readonly mean: number;
      readonly swing: number;
      readonly periodMs: number;
    };

export type Arrivals =
  | { readonly kind: "poisson"; readonly rate: Rate }
  | { readonly kind: "deterministic"; readonly ratePerSecond: number }
  /** Requests arrive in groups of `size` at one instant. The groups arrive as a Poisson process. */
  | { readonly kind: "batch"; readonly ratePerSecond: number; readonly size: number }
  /** Markov-modulated Poisson arrivals: each state has a rate, and lasts for an exponential time with mean `meanMs`. */
  | {
      readonly kind: "mmpp";
      readonly states: readonly { readonly ratePerSecond: number; readonly meanMs: number }[];
    }
  /** The arrival times are given, in ascending order. */
  | { readonly kind: "trace"; readonly timesMs: readonly number[] };

export interface ArrivalProcess {
  /**
   * Returns when the next request comes. `now` is the time of the previous request. Infinite = no further request
   * comes.
   */
  next(now: number, stream: Stream): number;
}

type Compile<K extends Arrivals["kind"]> = (
  arrivals: Extract<Arrivals, { kind: K }>,
  endMs: number,
) => ArrivalProcess;

const COMPILERS: { readonly [K in Arrivals["kind"]]: Compile<K> } = {
  poisson: ({ rate }, endMs) =>
    typeof rate === "number" ? poisson(1000 / rate) : thinned(rate, endMs),
  deterministic: ({ ratePerSecond }) => {
    let count = 0;
    // The time is a product and not a sum, so that rounding errors do not add up over the arrivals.
    return { next: () => (++count * 1000) / ratePerSecond };
  },
  batch: ({ ratePerSecond, size }) => {
    const meanMs = (1000 * size) / ratePerSecond;
    let left = 0;
    return {
      next(now, stream) {
        if (left > 0) {
          left--;
          return now;
        }
        left = size - 1;
        return now + meanMs * stream.exponential();
      },
    };
  },
  mmpp: compileMmpp,
  trace: ({ timesMs }) => {
    let at = 0;
    return { next: () => timesMs[at++] ?? Number.POSITIVE_INFINITY };
  },
};

/**
 * Compiles arrivals into a process. No request is looked for after `endMs`, because while the rate stays at 0 there is
 * none to be found.
 */
export function compileArrivals(
  arrivals: Arrivals,
  endMs: number = Number.POSITIVE_INFINITY,
): ArrivalProcess {
  const compile = COMPILERS[arrivals.kind] as (arrivals: Arrivals, endMs: number) => ArrivalProcess;
  return compile(arrivals, endMs);
}

function poisson(meanMs: number): ArrivalProcess {
  return { next: (now, stream) => now + meanMs * stream.exponential() };
}

function thinned(rate: Exclude<Rate, number>, endMs: number): ArrivalProcess {
  const highest = highestRate(rate);
  const meanMs = 1000 / highest;
  return {
    next(now, stream) {
      let time = now;
      // The search also ends after a virtual day without a request, for a caller that knows no end.
      const untilMs = Math.min(endMs, now + 86_400_000);
      while (time < untilMs) {
        time += meanMs * stream.exponential();
        if (stream.next() * highest < rateAt(rate, time)) return time;
      }
      return Number.POSITIVE_INFINITY;
    },
  };
}

/** Returns the rate in requests per second at the time `ms`. */
export function rateAt(rate: Rate, ms: number): number {
  if (typeof rate === "number") return rate;
  switch (rate.kind) {
    case "ramp": {
      const share = (ms - rate.startMs) / (rate.endMs - rate.startMs);
      return rate.from + (rate.to - rate.from) * Math.min(1, Math.max(0, share));
    }
    case "steps":
      return rate.steps.findLast(([fromMs]) => fromMs <= ms)?.[1] ?? 0;
    case "flash-crowd": {
      const since = ms - rate.atMs;
      if (since < 0) return rate.base;
      const extra = rate.peak - rate.base;
      if (since < rate.riseMs) return rate.base + (extra * since) / rate.riseMs;
      return rate.base + extra * exp(-(since - rate.riseMs) / rate.decayMs);
    }
    case "diurnal":
      return rate.mean * (1 - rate.swing * Math.cos((2 * Math.PI * ms) / rate.periodMs));
  }
}

/** Returns the highest rate that a changing rate ever has, in requests per second. */
export function highestRate(rate: Rate): number {
  if (typeof rate === "number") return rate;
  switch (rate.kind) {
    case "ramp":
      return Math.max(rate.from, rate.to);
    case "steps":
      return Math.max(...rate.steps.map(([, perSecond]) => perSecond));
    case "flash-crowd":
      return Math.max(rate.base, rate.peak);
    case "diurnal":
      return rate.mean * (1 + rate.swing);
  }
}

function compileMmpp(
  { states }: Extract<Arrivals, { kind: "mmpp" }>,
  endMs: number,
): ArrivalProcess {
  let state = -1;
  let untilMs = 0;
  return {
    next(now, stream) {
      let time = now;
      for (;;) {
        const current = states[state];
        if (current !== undefined) {
          const candidate =
            current.ratePerSecond > 0
              ? time + (1000 / current.ratePerSecond) * stream.exponential()
              : Number.POSITIVE_INFINITY;
          if (candidate < untilMs) return candidate;
        }
        // The state ends before the drawn time. The process has no memory, so the next arrival is drawn anew from the
        // end of the state.
        time = untilMs;
        if (time >= endMs) return Number.POSITIVE_INFINITY;
        state = (state + 1) % states.length;
        untilMs = time + (states[state]?.meanMs ?? 1) * stream.exponential();
      }
    },
  };
}
