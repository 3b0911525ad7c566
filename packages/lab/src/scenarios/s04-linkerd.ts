// S4: one slow server among eleven. Service is a delay without a queue (in the original experiment the servers sleep),
// so only the choice of server matters.
import { CANDIDATES, type Metric, type Study } from "./study.ts";

const NORMAL_MS = 167;
const SLOW_MS = 2000;

const SUCCESS: Metric = {
  name: "success within 1 s",
  unit: "%",
  better: "higher",
  of: ({ successShare }) => 100 * successShare,
};

export const linkerd: Study = {
  id: "S4",
  name: "linkerd",
  title: "One server of eleven takes two seconds for half of a minute",
  question: "How many requests still succeed within one second?",
  source: "Buoyant, Beyond Round Robin: Load Balancing for Latency (2016)",
  candidates: [
    CANDIDATES.roundRobin,
    // Finagle's "least loaded" and its peak EWMA choose between two servers and do not remember failures.
    { label: "least loaded", algorithm: "random", parameters: { draws: 2, failurePenalty: "0s" } },
    { label: "peak EWMA", algorithm: "peak-ewma", parameters: { draws: 2, failurePenalty: "0s" } },
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
    CANDIDATES.leastTime,
  ],
  metrics: [
    SUCCESS,
    { name: "p99", unit: "ms", better: "lower", of: ({ latency }) => latency.p99 },
    {
      name: "share of the slow server",
      unit: "%",
      better: "lower",
      of: ({ servers }) => 100 * (servers[0]?.share ?? 0),
    },
  ],
  variants: () => [
    {
      label: "1000 requests a second",
      scenario: {
        name: "linkerd",
        durationMs: 60_000,
        client: { timeoutMs: 1000, abandoned: "drop" },
        traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1000 } },
        service: { kind: "normal", mean: NORMAL_MS, sd: 5 },
        // There are so many workers that no request waits.
        servers: [{ count: 11, workers: 10_000 }],
        faults: [
          {
            kind: "brown-out",
            servers: [0],
            atMs: 15_000,
            forMs: 30_000,
            factor: SLOW_MS / NORMAL_MS,
          },
        ],
      },
    },
  ],
};
