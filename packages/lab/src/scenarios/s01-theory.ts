// S1: a hundred equal queues. Theory has formulas for this case, whose curves are drawn over the simulated ones.
import type { Scenario } from "../sim/scenario.ts";
import { CANDIDATES, METRICS, type Study } from "./study.ts";

const SERVERS = 100;

function scenario(load: number, full: boolean): Scenario {
  const warmupMs = Math.min(2_000, 5 / (1 - Math.sqrt(load)) ** 2);
  return {
    name: `load ${load}`,
    warmupMs,
    durationMs: warmupMs + (full ? 20_000 : 2_000),
    traffic: { kind: "open", arrivals: { kind: "poisson", rate: load * SERVERS * 1000 } },
    service: { kind: "exponential", mean: 1 },
    servers: [{ count: SERVERS }],
    measure: { perServer: false, sampleMs: 5 },
  };
}

/** Returns the mean time in the system (waiting and service) for infinitely many servers, in mean service times. */
function supermarket(load: number, draws: number): number {
  let sum = 0;
  for (let i = 1; i < 20; i++) sum += load ** ((draws ** i - draws) / (draws - 1));
  return sum;
}

export const theory: Study = {
  id: "S1",
  name: "theory",
  title: "A hundred equal first-come-first-served servers",
  question: "How does the time in the system grow with the load, and is it what theory says?",
  source: "Mitzenmacher 1996; Kleinrock 1975",
  axis: "load",
  candidates: [
    CANDIDATES.random1,
    CANDIDATES.roundRobin,
    CANDIDATES.random2,
    CANDIDATES.random3,
    CANDIDATES.jsq,
    CANDIDATES.leastWorkLeft,
  ],
  metrics: [METRICS.mean, METRICS.p99, METRICS.imbalance],
  variants: (full) =>
    [0.5, 0.7, 0.8, 0.9, 0.95].map((load) => ({
      label: `load ${load}`,
      x: load,
      scenario: scenario(load, full),
      theory: {
        "random(1)": 1 / (1 - load),
        "random(2)": supermarket(load, 2),
        "random(3)": supermarket(load, 3),
      },
    })),
};
