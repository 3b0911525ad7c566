// S10: many balancers. When each balancer counts only its own requests, a larger number of balancers means that each
// balancer knows less. When all balancers read one board of server loads that is refreshed now and then, all send to
// the same server until the next refresh.
import type { Balancers } from "../sim/scenario.ts";
import { CANDIDATES, type Candidate, METRICS, type Study, type Variant } from "./study.ts";

const BY_INDEX: Candidate = {
  label: "least-conn, ties to the first",
  algorithm: "least-conn-by-index",
};

/**
 * The candidates that can work when all balancers read the servers' loads from one board. Join-idle-queue is left
 * out, because a board does not show when a server becomes idle.
 */
const READS_BOARDS = ["random(1)", "random(2)", "random(3)", "least-conn", BY_INDEX.label];

function variant(label: string, x: number, balancers: Balancers, full: boolean): Variant {
  return {
    label,
    x,
    ...(balancers.view === "board" && { only: READS_BOARDS }),
    scenario: {
      name: label,
      warmupMs: 300,
      durationMs: full ? 20_300 : 4_300,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 45_000 } },
      service: { kind: "exponential", mean: 1 },
      servers: [{ count: 50 }],
      balancers,
      measure: { perServer: false },
    },
  };
}

export const herd: Study = {
  id: "S10",
  name: "herd",
  title: "From 1 to 200 balancers before 50 servers at load .9; boards 0.5 to 50 services old",
  question: "When does looking at all servers become worse than looking at two, or at none?",
  source: "Mitzenmacher, How useful is old information? (2000)",
  axis: "balancers, or age of the board in services",
  candidates: [
    CANDIDATES.random1,
    CANDIDATES.random2,
    CANDIDATES.random3,
    CANDIDATES.leastConn,
    BY_INDEX,
    CANDIDATES.joinIdleQueue,
  ],
  metrics: [METRICS.mean, METRICS.p99, METRICS.imbalance],
  variants: (full) => [
    ...[1, 10, 50, 200].map((count) =>
      variant(`${count} balancers, own counts`, count, { count, view: "local" }, full),
    ),
    ...[0.5, 2, 5, 50].map((boardMs) =>
      variant(`board every ${boardMs}`, boardMs, { count: 10, view: "board", boardMs }, full),
    ),
  ],
};
