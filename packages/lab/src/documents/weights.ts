// Figure that shows whether each server gets a share of the requests in proportion to its weight. There are five
// servers with weights 1 to 5, at a very low load.
import { scatter } from "../figures/scatter.ts";
import { CANDIDATES, type Candidate } from "../scenarios/study.ts";
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import type { DocumentFigure } from "./document-figure.ts";

const WEIGHTS = [1, 2, 3, 4, 5];
const TOTAL = 15;

const SCENARIO: Scenario = {
  name: "weights",
  durationMs: 60_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 250 } },
  service: { kind: "exponential", mean: 10 },
  servers: WEIGHTS.map((weight) => ({ count: 1, weight, workers: 4 })),
};

const ALGORITHMS: readonly Candidate[] = [
  CANDIDATES.roundRobin,
  { label: "static-rr", algorithm: "static-rr" },
  CANDIDATES.random1,
  CANDIDATES.random2,
  CANDIDATES.leastConn,
];

export const weights: DocumentFigure = {
  name: "weights",
  seeds: 1,
  make: ([seed = 1]) => ({
    figure: scatter({
      name: "weights",
      question: "Does a server get the share that its weight says?",
      note: `Weights 1 to 5, about half a request in flight per server, seed ${seed}. On the dotted line it does.`,
      x: { label: "share of the weight", unit: "%" },
      y: { label: "share of the requests", unit: "%" },
      named: false,
      diagonal: true,
      spots: ALGORITHMS.flatMap((candidate, shift) =>
        simulate(SCENARIO, { ...candidate, seed }).servers.map(({ name, share }, i) => ({
          label: candidate.label,
          detail: name,
          // The algorithms' points are shifted sideways, so that the points do not cover one another.
          x: (100 * (WEIGHTS[i] ?? 0)) / TOTAL + (shift - 2) * 0.25,
          y: 100 * share,
        })),
      ),
    }),
    from: { scenario: SCENARIO, candidates: ALGORITHMS },
  }),
};
