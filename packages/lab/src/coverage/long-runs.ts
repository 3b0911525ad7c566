// Cases without a formula: skewed work, and requests that fail. Their truth is the mean of all their runs.
import { CANDIDATES, METRICS } from "../scenarios/study.ts";
import type { Scenario } from "../sim/scenario.ts";
import type { CoverageCase } from "./coverage-case.ts";

const MEASURE = { perServer: false, seriesMs: 2_000, sampleMs: 20 } as const;

const heavyTail: Scenario = {
  name: "heavy tail",
  warmupMs: 100,
  durationMs: 1_100,
  drainMs: 500,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1_800 } },
  service: { kind: "lognormal", mean: 1, sigma: 1 },
  servers: [{ count: 3 }],
  measure: MEASURE,
};

const timeouts: Scenario = {
  name: "timeouts",
  warmupMs: 100,
  durationMs: 1_300,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1_200 } },
  service: { kind: "exponential", mean: 1 },
  servers: [{ count: 2 }, { count: 1, speed: 0.5 }],
  client: { timeoutMs: 10 },
  measure: MEASURE,
};

export const longRuns: readonly CoverageCase[] = [
  {
    name: "heavy tail",
    what: "three servers at load 0.6, log-normal work (σ = 1), 1,800 requests",
    truth: "long run",
    scenario: heavyTail,
    a: CANDIDATES.random2,
    b: CANDIDATES.leastConn,
    paired: true,
    quantities: [
      { metric: METRICS.mean },
      { metric: METRICS.p50 },
      { metric: METRICS.p99 },
      { metric: METRICS.imbalance },
    ],
  },
  {
    name: "timeouts",
    what: "three servers, one half as fast, clients that wait 10 ms, 1,440 requests",
    truth: "long run",
    scenario: timeouts,
    a: CANDIDATES.roundRobin,
    b: CANDIDATES.random2,
    paired: true,
    quantities: [{ metric: METRICS.errors }, { metric: METRICS.goodput }, { metric: METRICS.mean }],
  },
];
