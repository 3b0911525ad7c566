// S2: service times over three decades. Sharing the processor keeps short requests from waiting behind long ones.
import { compileDistribution, type Distribution } from "../sim/distribution.ts";
import { CANDIDATES, METRICS, type Study } from "./study.ts";

const SERVICE: Distribution = { kind: "bounded-pareto", alpha: 1.5, min: 1, max: 1000 };
const [SERVERS, WORKERS, LOAD] = [8, 16, 0.7];

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
    CANDIDATES.leastWorkLeft,
  ],
  metrics: [METRICS.p999, METRICS.p99, METRICS.mean, METRICS.imbalance],
  variants: (full) =>
    (["sharing", "fifo"] as const).map((discipline) => ({
      label: discipline === "fifo" ? "first come first served" : "processor sharing",
      scenario: {
        name: `heavy tail, ${discipline}`,
        warmupMs: 3_000,
        durationMs: full ? 63_000 : 13_000,
        traffic: {
          kind: "open",
          arrivals: {
            kind: "poisson",
            rate: (SERVERS * WORKERS * LOAD * 1000) / compileDistribution(SERVICE).mean,
          },
        },
        service: SERVICE,
        servers: [{ count: SERVERS, workers: WORKERS, discipline }],
      },
    })),
};
