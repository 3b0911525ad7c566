// A study is one question of the scenario pack: variants of a scenario (at several loads, or with a remedy), the
// algorithms to compare, and the metrics to measure. Studies are data and small functions; `run-study.ts` runs them.
import type { Parameters } from "../sim/algorithms.ts";
import type { Result } from "../sim/result.ts";
import type { Scenario } from "../sim/scenario.ts";

/** An algorithm with its parameters. */
export interface Candidate {
  /** The candidate's name in tables. */
  readonly label: string;
  readonly algorithm: string;
  readonly parameters?: Parameters;
}

export interface Variant {
  readonly label: string;
  /** The number in which variants differ, such as the load, for a chart's axis; absent when they differ otherwise. */
  readonly x?: number;
  readonly scenario: Scenario;
  /** The labels of the candidates that run in this variant. Default: all. */
  readonly only?: readonly string[];
  /** The value that theory gives for the headline metric, by candidate, if there is one. */
  readonly theory?: Readonly<Record<string, number>>;
}

export interface Metric {
  readonly name: string;
  /** The unit: "ms", "%", "s", or "" for a plain number. A "%" metric yields 0 to 100. */
  readonly unit: string;
  readonly better: "lower" | "higher" | "neither";
  readonly of: (result: Result) => number;
}

export interface Study {
  /** The number of the study, such as "S4". */
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly source?: string;
  /** The meaning of the variants' `x`, for the axis: "load", "balancers". */
  readonly axis?: string;
  readonly candidates: readonly Candidate[];
  /** The metrics to measure. The first is the headline metric. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Returns the variants. With `full` they may take longer, and there may be more variants. */
  readonly variants: (full: boolean) => readonly Variant[];
}

const one = (label: string, algorithm: string, parameters?: Parameters): Candidate =>
  parameters === undefined ? { label, algorithm } : { label, algorithm, parameters };

/**
 * The usual candidates, by the names that tables give them. An algorithm's plain name stands for the algorithm with its
 * defaults.
 */
export const CANDIDATES = {
  roundRobin: one("round-robin", "round-robin"),
  random1: one("random(1)", "random", { draws: 1 }),
  random2: one("random(2)", "random", { draws: 2 }),
  random3: one("random(3)", "random", { draws: 3 }),
  leastConn: one("least-conn", "least-conn"),
  peakEwma: one("peak-ewma", "peak-ewma"),
  leastTime: one("least-time", "least-time"),
  prequal: one("prequal", "prequal"),
  reportedWrr: one("client-side-wrr", "client-side-wrr"),
  joinIdleQueue: one("join-idle-queue", "join-idle-queue"),
  jsq: one("jsq", "jsq"),
  leastWorkLeft: one("least-work-left", "least-work-left"),
} as const;

/** Makes a candidate that hashes the request's key. `hash` is the part `hash` of `balance` in tandem.yaml. */
export const hashing = (label: string, hash: Parameters): Candidate => one(label, "uri", { hash });

/**
 * Rounds to a nanosecond. The latency of a timeout is its deadline up to the rounding of the clock, and two runs whose
 * p99 is the deadline must not differ by that.
 */
const settled = (ms: number): number => Math.round(ms * 1e6) / 1e6;

const latency = (name: string, of: (result: Result) => number): Metric => ({
  name,
  unit: "ms",
  better: "lower",
  of,
});

/**
 * Metrics that many studies share. The latencies are those of good answers. A request that is never answered counts in
 * them with the time that it has waited so far, so that an algorithm does not gain by it.
 */
export const METRICS = {
  mean: latency("mean", ({ lasting }) => lasting.mean),
  p50: latency("p50", ({ lasting }) => lasting.p50),
  p99: latency("p99", ({ lasting }) => lasting.p99),
  p999: latency("p99.9", ({ lasting }) => lasting.p999),
  /** The latency including timeouts. Each timeout counts with the time that its client waited. */
  waitedMean: latency("mean with timeouts", ({ experienced }) => settled(experienced.mean)),
  waited99: latency("p99 with timeouts", ({ experienced }) => settled(experienced.p99)),
  waited999: latency("p99.9 with timeouts", ({ experienced }) => experienced.p999),
  errors: {
    name: "errors",
    unit: "%",
    better: "lower",
    of: ({ successShare }) => 100 * (1 - successShare),
  },
  goodput: {
    name: "goodput",
    unit: "/s",
    better: "higher",
    of: ({ goodputPerSecond }) => goodputPerSecond,
  },
  imbalance: {
    name: "fullest / mean",
    unit: "",
    better: "lower",
    of: ({ imbalance }) => imbalance.maxOverMean,
  },
} as const satisfies Readonly<Record<string, Metric>>;
