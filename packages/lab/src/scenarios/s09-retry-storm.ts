// S9: a tenth of the servers is ten times slower for a minute, and late requests are tried again. Without a budget the
// second attempts keep the servers overloaded after the cause is gone: a metastable failure (Bronson et al. 2021).
//
// The retry budget is the balancer's own code (backend/retry-budget.ts). Each simulated balancer has one budget, like
// each data thread of Tandem. Two things differ from Tandem. Tandem does not try a late request again by itself:
// without `hedge` it behaves like "no retries" here. With `hedge` Tandem sends a second try, which counts in the same
// budget, but the first try goes on and may still answer. In this simulation the first try is given up, and its server
// still does the work.
import type { Retries } from "../sim/scenario.ts";
import { CANDIDATES, METRICS, type Metric, type Study, type Variant } from "./study.ts";

const FAULT_ENDS = 90_000;

const AMPLIFICATION: Metric = {
  name: "attempts per request",
  unit: "",
  better: "lower",
  of: ({ attempts, counts }) => attempts / counts.offered,
};

const AFTERWARDS: Metric = {
  name: "success in the last 30 s",
  unit: "%",
  better: "higher",
  of: ({ series }) => {
    const rows = series.rows.filter(({ atMs }) => atMs > FAULT_ENDS + 30_000);
    const ok = rows.reduce((sum, row) => sum + row.ok, 0);
    const bad = rows.reduce((sum, row) => sum + row.failed + row.timeout + row.rejected, 0);
    return (100 * ok) / (ok + bad);
  },
};

function variant(label: string, load: number, retries: Retries | undefined): Variant {
  return {
    label: `${label}, load ${load}`,
    scenario: {
      name: `brown-out, ${label}`,
      warmupMs: 10_000,
      durationMs: 150_000,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 20 * 50 * load } },
      service: { kind: "exponential", mean: 20 },
      servers: [{ count: 20, queueLimit: 200 }],
      balancers: { count: 4 },
      // The timeout of an attempt is about twice the 95th percentile of the latency before the fault.
      client: { timeoutMs: 1_000, attemptTimeoutMs: 250, ...(retries && { retries }) },
      faults: [
        { kind: "brown-out", servers: { first: 2 }, atMs: 30_000, forMs: 60_000, factor: 10 },
      ],
    },
  };
}

export const retryStorm: Study = {
  id: "S9",
  name: "retry-storm",
  title: "Two of twenty servers ten times slower for a minute, with retries",
  question: "Do retries help, and does the system recover when the cause is gone?",
  candidates: [
    CANDIDATES.roundRobin,
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
  ],
  metrics: [METRICS.goodput, AMPLIFICATION, METRICS.errors, AFTERWARDS],
  variants: (full) =>
    (full ? [0.6, 0.75, 0.85] : [0.75]).flatMap((load) => [
      variant("no retries", load, undefined),
      variant("one retry, Tandem's budget", load, { max: 1, budget: true }),
      variant("three retries, Tandem's budget", load, { max: 3, budget: true }),
      variant("three retries, no budget", load, { max: 3 }),
    ]),
};
