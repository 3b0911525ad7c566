// The situations of the map for two boxes: what the two servers and their work are like, apart from how much faster one
// of them is and how high the load is. Each differs from the first in one thing, or in two.
import type { Distribution } from "../sim/distribution.ts";
import type { ServerGroup } from "../sim/scenario.ts";

export interface Situation {
  readonly name: string;
  /** What is meant, in a few words. */
  readonly words: string;
  /** The work of a request, on the slower server. */
  readonly service: Distribution;
  readonly workers: number;
  readonly discipline?: ServerGroup["discipline"];
  /** Each balancer knows its own requests only. */
  readonly balancers?: number;
}

const MEAN_MS = 10;
const EXPONENTIAL: Distribution = { kind: "exponential", mean: MEAN_MS };
const HEAVY: Distribution = { kind: "lognormal", mean: MEAN_MS, sigma: 1.5 };
/**
 * Three requests in a hundred take thirty times as long as the others. With one in a hundred, p99 would lie between the long
 * ones and the others, and jump.
 */
const REPORTS: Distribution = {
  kind: "bimodal",
  fast: MEAN_MS / (1 + 0.03 * 29),
  slow: 0.03,
  factor: 30,
};
const WORKERS = 4;

export const SITUATIONS: readonly Situation[] = [
  { name: "usual", words: "4 workers, exponential 10 ms", service: EXPONENTIAL, workers: WORKERS },
  {
    name: "constant",
    words: "all requests alike",
    service: { kind: "constant", value: MEAN_MS },
    workers: WORKERS,
  },
  {
    name: "heavy-tail",
    words: "very unequal requests (lognormal, σ 1.5)",
    service: HEAVY,
    workers: WORKERS,
  },
  {
    name: "long-reports",
    words: "3 % of the requests 30 times as long",
    service: REPORTS,
    workers: WORKERS,
  },
  { name: "one-worker", words: "1 worker", service: EXPONENTIAL, workers: 1 },
  { name: "sixteen-workers", words: "16 workers", service: EXPONENTIAL, workers: 16 },
  {
    name: "sharing",
    words: "4 cores, all requests at once, very unequal",
    service: HEAVY,
    workers: WORKERS,
    discipline: "sharing",
  },
  {
    name: "two-balancers",
    words: "2 balancers with counts of their own",
    service: EXPONENTIAL,
    workers: WORKERS,
    balancers: 2,
  },
  {
    name: "two-balancers-heavy-tail",
    words: "2 balancers, very unequal requests",
    service: HEAVY,
    workers: WORKERS,
    balancers: 2,
  },
];
