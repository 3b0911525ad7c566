// Runs of one site with one algorithm, one for each seed, and what they measured.
import type { Candidate } from "../scenarios/study.ts";
import { simulate } from "../sim/simulation.ts";
import { quantileOfAll, shareBeyond } from "./quantile-of-all.ts";
import { type RunChoice, type Site, scenarioOf } from "./site.ts";

/** What the latency must stay below: `{ quantile: .99, ms: 250 }` is p99 < 250ms. */
export interface Limit {
  readonly quantile: number;
  readonly ms: number;
}

/** One value for each seed, in the order of the seeds. */
export interface Measured {
  /** The quantile of the limit, in milliseconds; Infinity where too many requests fail. */
  readonly limited: readonly number[];
  readonly p50: readonly number[];
  readonly p99: readonly number[];
  /** The share of the requests that are slower than the limit or fail, 0 to 1. */
  readonly beyond: readonly number[];
  /** The share of the requests that each server gets, by the server's index. */
  readonly shares: readonly (readonly number[])[];
}

export interface Trial extends Omit<RunChoice, "seed"> {
  readonly candidate: Candidate;
  readonly limit: Limit;
}

/** Called before each run, with what is run. */
export type Told = (what: string) => void;

export function measure(
  site: Site,
  { candidate, limit, ...choice }: Trial,
  seeds: readonly number[],
  before: () => void,
): Measured {
  const rows = seeds.map((seed) => {
    before();
    const result = simulate(scenarioOf(site, { ...choice, seed }), { ...candidate, seed });
    return {
      limited: quantileOfAll(result, limit.quantile),
      p50: quantileOfAll(result, 0.5),
      p99: quantileOfAll(result, 0.99),
      beyond: shareBeyond(result, limit.ms),
      shares: result.servers.map(({ share }) => share),
    };
  });
  return {
    limited: rows.map(({ limited }) => limited),
    p50: rows.map(({ p50 }) => p50),
    p99: rows.map(({ p99 }) => p99),
    beyond: rows.map(({ beyond }) => beyond),
    shares: site.servers.map((_, i) => rows.map(({ shares }) => shares[i] ?? Number.NaN)),
  };
}

/** Returns the quantile of the limit in one run. */
export function limitedIn(
  site: Site,
  { candidate, limit, ...choice }: Trial,
  seed: number,
): number {
  const result = simulate(scenarioOf(site, { ...choice, seed }), { ...candidate, seed });
  return quantileOfAll(result, limit.quantile);
}
