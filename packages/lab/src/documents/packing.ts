// The figure of the algorithm `first`, which fills servers in their order, so that the last servers stay idle while
// few requests come. Traffic rises and falls twice, as on two days, but each "day" lasts a minute.
import { heatMap } from "../figures/heat-map.ts";
import { CANDIDATES, type Candidate } from "../scenarios/study.ts";
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import type { DocumentFigure } from "./document-figure.ts";

const SERVERS = 8;
const ROOM = 4;

const SCENARIO: Scenario = {
  name: "packing",
  durationMs: 120_000,
  traffic: {
    kind: "open",
    arrivals: {
      kind: "poisson",
      rate: { kind: "diurnal", mean: SERVERS * ROOM * 50 * 0.45, swing: 0.8, periodMs: 60_000 },
    },
  },
  service: { kind: "exponential", mean: 20 },
  servers: [{ count: SERVERS, workers: ROOM, maxConnections: ROOM }],
  balancers: { queueLimit: 1_000 },
};

const ALGORITHMS: readonly Candidate[] = [
  { label: "first", algorithm: "first" },
  CANDIDATES.leastConn,
];

export const packing: DocumentFigure = {
  name: "packing",
  seeds: 1,
  make: ([seed = 1]) => ({
    figure: heatMap({
      name: "packing",
      question: "Which servers could sleep while little comes?",
      note: `Eight servers with room for four requests each, load swinging between .09 and .81, seed ${seed}.`,
      intervalMs: 1_000,
      bands: [],
      panels: ALGORITHMS.map((candidate) => ({
        label: candidate.label,
        cells: simulate(SCENARIO, { ...candidate, seed }).series.depth.slice(0, -1),
      })),
    }),
    from: { scenario: SCENARIO, candidates: ALGORITHMS },
  }),
};
