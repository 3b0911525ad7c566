// Two queues whose times are known exactly. A random split makes each server an M/M/1 queue. Round robin over two servers
// gives each every second request, so the time between its requests is Erlang with two stages. In both the time in the
// system is exponential: with mean 1 / (μ − λ), and with mean 1 / (μ (1 − σ)), where σ solves σ = A*(μ − μσ) and A* is
// the Laplace transform of the time between requests (Kleinrock, Queueing Systems I, 1975, §3.2 and §6.4).
import { CANDIDATES, METRICS, type Metric } from "../scenarios/study.ts";
import type { Scenario } from "../sim/scenario.ts";
import type { CoverageCase, Quantity } from "./coverage-case.ts";

/** At this load the memory of a queue is short, so that a run of a thousand requests measures p99 without a bias. */
const LOAD = 0.5;
const REQUESTS = 1_200;
const WARM_UP_MS = 60;

/** Returns σ for Erlang arrivals of two stages and service of mean 1. */
function erlangRoot(load: number): number {
  let root = load;
  for (let step = 0; step < 200; step++) root = ((2 * load) / (2 * load + 1 - root)) ** 2;
  return root;
}

const MEANS = { a: 1 / (1 - LOAD), b: 1 / (1 - erlangRoot(LOAD)) };

const times = (factor: number) => ({ a: factor * MEANS.a, b: factor * MEANS.b });

const share: Metric = {
  name: "share of a server",
  unit: "%",
  better: "neither",
  of: ({ servers }) => 100 * (servers[0]?.share ?? Number.NaN),
};

const QUANTITIES: readonly Quantity[] = [
  { metric: METRICS.mean, exact: times(1) },
  { metric: METRICS.p50, exact: times(Math.LN2) },
  { metric: METRICS.p99, exact: times(Math.log(100)) },
];

const SCENARIO: Scenario = {
  name: "two queues",
  warmupMs: WARM_UP_MS,
  durationMs: WARM_UP_MS + REQUESTS / (2 * LOAD),
  drainMs: 200,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 2_000 * LOAD } },
  service: { kind: "exponential", mean: 1 },
  servers: [{ count: 2 }],
  measure: { perServer: false, seriesMs: 2_000, sampleMs: 2_000 },
};

export const twoQueues: CoverageCase = {
  name: "two queues",
  what: `two servers at load ${LOAD}, exponential work, ${REQUESTS} requests`,
  truth: "formula",
  source: "Kleinrock, Queueing Systems I (1975)",
  scenario: SCENARIO,
  a: CANDIDATES.random1,
  b: CANDIDATES.roundRobin,
  paired: true,
  quantities: QUANTITIES,
};

/** The same algorithm twice under different traffic: every difference that is found is a false one. */
export const equalAlgorithms: CoverageCase = {
  ...twoQueues,
  name: "equal algorithms",
  what: "the same servers, the first algorithm twice with different seeds: no difference is true",
  b: CANDIDATES.random1,
  paired: false,
  quantities: [
    ...QUANTITIES.map(({ metric, exact }) => ({
      metric,
      exact: { a: exact?.a ?? 0, b: exact?.a ?? 0 },
    })),
    { metric: share, exact: { a: 50, b: 50 } },
  ],
};
