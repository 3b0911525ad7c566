// S2: service times that span three orders of magnitude. When requests share the processor, short requests do not wait
// behind long ones.
import { compileDistribution, type Distribution } from "../sim/distribution.ts";
import { CANDIDATES, METRICS, type Study, type Variant } from "./study.ts";

const SERVICE: Distribution = { kind: "bounded-pareto", alpha: 1.5, min: 1, max: 1000 };
const [SERVERS, WORKERS] = [8, 16];

function variant(discipline: "sharing" | "fifo", load: number, full: boolean): Variant {
  const named = discipline === "fifo" ? "first come first served" : "processor sharing";
  const { mean } = compileDistribution(SERVICE);
  return {
    label: `${named}, load ${load}`,
    scenario: {
      name: `heavy tail, ${named}`,
      warmupMs: 3_000,
      durationMs: full ? 63_000 : 13_000,
      traffic: {
        kind: "open",
        arrivals: { kind: "poisson", rate: (SERVERS * WORKERS * load * 1000) / mean },
      },
      service: SERVICE,
      servers: [{ count: SERVERS, workers: WORKERS, discipline }],
      network: { probeRttMs: 1 },
    },
  };
}

export const heavyTail: Study = {
  id: "S2",
  name: "heavy-tail",
  title: "Service times from 1 to 1000 ms (bounded Pareto, α 1.5)",
  question: "Which algorithm keeps the tail short, and what does the servers' own discipline do?",
  candidates: [
    CANDIDATES.roundRobin,
    CANDIDATES.random2,
    CANDIDATES.leastConn,
    CANDIDATES.peakEwma,
    CANDIDATES.leastTime,
    CANDIDATES.prequal,
    CANDIDATES.jsq,
  ],
  metrics: [METRICS.p999, METRICS.p99, METRICS.mean, METRICS.imbalance],
  variants: (full) =>
    [0.7, 0.9].flatMap((load) => [variant("sharing", load, full), variant("fifo", load, full)]),
};
