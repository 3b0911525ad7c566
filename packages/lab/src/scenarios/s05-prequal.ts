// S5: Prequal's load ramp. Each server shares its machine with other programs (its neighbours). Each server is promised
// an amount of processor time, its allocation (load 1). A server gets more than its allocation where its neighbours
// leave more, and on some machines a little less. Processor time per request is the same everywhere, so an algorithm
// that balances processor time (weighted round robin by utilization) cannot see the neighbours.
import { compileDistribution, type Distribution } from "../sim/distribution.ts";
import type { Scenario } from "../sim/scenario.ts";
import { CANDIDATES, METRICS, type Study } from "./study.ts";

/**
 * How many requests a server serves at once at load 1. The more there are, the fresher are the answers to probes: a
 * client keeps 16 answers and gets 3 new ones with each of its requests. So all of them are replaced every 16 / 3
 * requests, which takes 16 / 3 / (CORES · load) mean service times. With two cores the answers would be so old that
 * all clients would send to the same servers.
 */
const CORES = 10;
/** A normal distribution with μ = σ, cut at zero, as in the paper. */
const SERVICE: Distribution = { kind: "normal", mean: 150, sd: 150 };
const DEADLINE_MS = 5_000;

/**
 * For each of ten servers, the share of its machine that the neighbours take. A machine has the capacity of 2.5
 * allocations, so .9, 1, 1.25 or 2.25 allocations are left for the server.
 */
const TAKEN = [0.64, 0.6, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];

/** The paper's steps of load: .75 · (10/9)^k of the allocation. */
const LEVELS = Array.from({ length: 9 }, (_, k) => 0.75 * (10 / 9) ** k);

/** Makes the scenario with `size` clients and as many servers; the paper has 100. */
export function prequalScenario(load: number, size = 100): Scenario {
  const { mean } = compileDistribution(SERVICE);
  return {
    name: `antagonists at ${load.toFixed(2)}`,
    warmupMs: 10_000,
    durationMs: 55_000,
    traffic: {
      kind: "open",
      arrivals: { kind: "poisson", rate: (size * CORES * load * 1000) / mean },
    },
    service: SERVICE,
    servers: [{ count: size, workers: CORES, discipline: "sharing", speed: 2.5 }],
    balancers: { count: size },
    client: { timeoutMs: DEADLINE_MS, abandoned: "drop" },
    network: { probeRttMs: 1 },
    reports: { everyMs: 5_000, windowMs: 5_000 },
    faults: [{ kind: "antagonist", everyMs: 300_000, shares: TAKEN }],
    measure: { perServer: false },
  };
}

export const prequalRamp: Study = {
  id: "S5",
  name: "antagonists",
  title: "Prequal's load ramp: 100 clients, 100 servers on shared machines",
  question: "Up to which load does nobody miss the five-second deadline?",
  source:
    "Wydrowski et al., Load is not what you should balance: Introducing Prequal (NSDI'24), §5",
  axis: "load of the allocation",
  candidates: [CANDIDATES.reportedWrr, CANDIDATES.prequal, CANDIDATES.random2],
  metrics: [METRICS.waited999, METRICS.errors, METRICS.p50, METRICS.p99],
  variants: (full) =>
    LEVELS.filter((_, k) => full || k % 2 === 1 || k === 8).map((load) => ({
      label: load.toFixed(2),
      x: load,
      scenario: prequalScenario(load),
    })),
};
