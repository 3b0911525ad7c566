// S7: traffic that comes in bursts. During a burst the traffic is one and a half times the capacity of the servers.
import { CANDIDATES, METRICS, type Metric, type Study } from "./study.ts";

const SERVERS = 20;
const CROWDED = 5;

const CROWDED_TIME: Metric = {
  name: "time with over 5 requests a server",
  unit: "s",
  better: "lower",
  of: ({ series }) =>
    (series.rows.filter(({ meanDepth }) => meanDepth > CROWDED).length * series.intervalMs) / 1000,
};

export const burst: Study = {
  id: "S7",
  name: "burst",
  title: "Two-state bursts: half the mean rate for 8 s, three times for 2 s",
  question:
    "How long do the queues take to drain, and does choosing better help when all are full?",
  candidates: [
    CANDIDATES.roundRobin,
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
    CANDIDATES.prequal,
    CANDIDATES.jsq,
  ],
  metrics: [METRICS.p99, CROWDED_TIME, METRICS.mean, METRICS.p50],
  variants: (full) => [
    {
      label: "mean load .5",
      scenario: {
        name: "burst",
        warmupMs: 5_000,
        durationMs: full ? 305_000 : 105_000,
        traffic: {
          kind: "open",
          arrivals: {
            kind: "mmpp",
            states: [
              { ratePerSecond: SERVERS * 100 * 0.5 * 0.5, meanMs: 8_000 },
              { ratePerSecond: SERVERS * 100 * 0.5 * 3, meanMs: 2_000 },
            ],
          },
        },
        service: { kind: "exponential", mean: 10 },
        servers: [{ count: SERVERS }],
        network: { probeRttMs: 1 },
        measure: { seriesMs: 100 },
      },
    },
  ],
};
