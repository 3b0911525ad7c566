// S6: every server stops for a garbage collection now and then.
import { CANDIDATES, METRICS, type Metric, type Study } from "./study.ts";

const ON_PAUSED: Metric = {
  name: "came to a paused server",
  unit: "%",
  better: "lower",
  of: ({ onPaused, arrived }) => (100 * onPaused) / arrived,
};

export const gcPauses: Study = {
  id: "S6",
  name: "gc-pauses",
  title: "Each of 50 servers stands still for 300 ms about every 20 s",
  question: "How many requests land on a paused server, and what does that do to the tail?",
  candidates: [
    CANDIDATES.roundRobin,
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
    CANDIDATES.leastTime,
    CANDIDATES.prequal,
  ],
  metrics: [METRICS.p999, METRICS.p99, ON_PAUSED, METRICS.mean],
  variants: (full) => [
    {
      label: "load .7",
      scenario: {
        name: "gc pauses",
        warmupMs: 5_000,
        durationMs: full ? 125_000 : 35_000,
        traffic: { kind: "open", arrivals: { kind: "poisson", rate: 50 * 0.7 * 100 } },
        service: { kind: "exponential", mean: 10 },
        servers: [{ count: 50 }],
        network: { probeRttMs: 1 },
        faults: [{ kind: "gc-pause", pauseMs: 300, everyMs: 20_000 }],
      },
    },
  ],
};
