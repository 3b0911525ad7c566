// S5: Prequal's load ramp. Machines are shared: each server is promised its allocation (load 1), gets more where
// the neighbours leave it, and on some machines not quite even that. Processor time per request is the same
// everywhere, so balancing processor time (weighted round robin by utilization) is blind to the neighbours.
import { compileDistribution, type Distribution } from "../sim/distribution.ts";
import type { Scenario } from "../sim/scenario.ts";
import { CANDIDATES, METRICS, type Study } from "./study.ts";

/**
 * Requests served at once at load 1. It decides how old probe answers are: a pool of 16 that takes in 3 a request
 * is renewed every 16 / 3 / (cores · load) services; with two cores instead of ten Prequal herds.
 */
const CORES = 10;
/** Truncated Normal(μ, μ), as in the paper. */
const SERVICE: Distribution = { kind: "normal", mean: 150, sd: 150 };
const DEADLINE_MS = 5_000;

/** What the neighbours take of a machine worth 2.5 allocations: .9, 1, 1.25 or 2.25 are left. */
const TAKEN = [0.64, 0.6, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];

/** The paper's steps: .75 · (10/9)^k of the allocation. */
const LEVELS = Array.from({ length: 9 }, (_, k) => 0.75 * (10 / 9) ** k);

/** With `size` clients and as many servers; the paper has 100. */
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
