// The figure of the algorithm `client-side-wrr`, which learns the capacity of servers from their load reports. Five
// of the ten servers are half as fast as the others, but all configured weights are equal.
import { strips } from "../figures/strips.ts";
import { CANDIDATES, type Candidate } from "../scenarios/study.ts";
import type { Result } from "../sim/result.ts";
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import type { DocumentFigure } from "./document-figure.ts";

const EACH = 5;

const SCENARIO: Scenario = {
  name: "reported load",
  durationMs: 60_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: EACH * 150 * 2 * 0.5 } },
  service: { kind: "exponential", mean: 10 },
  servers: [
    { count: EACH, workers: 2 },
    { count: EACH, workers: 2, speed: 0.5 },
  ],
  reports: { inAnswers: true },
};

const ALGORITHMS: readonly Candidate[] = [
  CANDIDATES.reportedWrr,
  CANDIDATES.roundRobin,
  CANDIDATES.leastConn,
];

function slowShares({ series }: Result): [number, number][] {
  return series.picks.slice(0, -1).map((row, i) => {
    const all = row.reduce((sum, picks) => sum + picks, 0);
    const slow = row.slice(EACH).reduce((sum, picks) => sum + picks, 0);
    return [((i + 1) * series.intervalMs) / 1000, (100 * slow) / all];
  });
}

export const reports: DocumentFigure = {
  name: "reported-load",
  seeds: 1,
  make: ([seed = 1]) => ({
    figure: strips({
      name: "reported-load",
      question: "How much do the five slow servers of ten get? (33 % is right.)",
      note: `Half as fast, load .5, equal weights, seed ${seed}. In the band reports are not believed yet.`,
      y: { label: "to the slow half", unit: "%", domain: [0, 60] },
      bands: [{ fromMs: 0, toMs: 10_000, label: "" }],
      strips: ALGORITHMS.map((candidate) => ({
        label: candidate.label,
        points: slowShares(simulate(SCENARIO, { ...candidate, seed })),
      })),
    }),
    from: { scenario: SCENARIO, candidates: ALGORITHMS },
  }),
};
