// S3: half of the servers are half as fast. Round robin needs weights that say so. Algorithms that look at the load
// find the slow servers by themselves.
import { CANDIDATES, METRICS, type Study, type Variant } from "./study.ts";

const EACH = 10;
const SLOW = 0.5;

function variant(load: number, weighted: boolean, full: boolean): Variant {
  const capacity = EACH * (1 + SLOW);
  return {
    label: `load ${load}, weights ${weighted ? "right" : "equal"}`,
    scenario: {
      name: `two speeds at ${load}, weights ${weighted ? "right" : "equal"}`,
      warmupMs: 5_000,
      durationMs: full ? 65_000 : 25_000,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: capacity * load * 100 } },
      service: { kind: "exponential", mean: 10 },
      servers: [
        { count: EACH, weight: weighted ? 2 : 1 },
        { count: EACH, speed: SLOW },
      ],
    },
  };
}

export const twoSpeeds: Study = {
  id: "S3",
  name: "two-speeds",
  title: "Twenty servers, ten of them half as fast",
  question:
    "What do wrong weights cost? (At load .7 an equal share is more than a slow server can do.)",
  candidates: [
    CANDIDATES.roundRobin,
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
    CANDIDATES.leastTime,
    CANDIDATES.prequal,
  ],
  metrics: [METRICS.p99, METRICS.mean, METRICS.imbalance],
  variants: (full) =>
    [0.6, 0.7].flatMap((load) => [variant(load, false, full), variant(load, true, full)]),
};
