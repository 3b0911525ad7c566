// Runs of one site with one algorithm, one for each seed, and what they measured.
import type { Runner } from "../scenarios/runner.ts";
import type { Candidate } from "../scenarios/study.ts";
import type { Result } from "../sim/result.ts";
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

/** Where the runs are done, and who is told after each of them. */
export interface Doing {
  readonly runner: Runner;
  /** Called after each run, with what was run. */
  readonly told: (what: string) => void;
}

/** Does one run for each seed. */
export async function measure(
  site: Site,
  trial: Trial,
  seeds: readonly number[],
  { runner, told }: Doing,
  what: string,
): Promise<Measured> {
  const { limit } = trial;
  const runs = seeds.map(async (seed) => {
    const result = await resultOf(site, trial, seed, runner);
    told(what);
    return {
      limited: quantileOfAll(result, limit.quantile),
      p50: quantileOfAll(result, 0.5),
      p99: quantileOfAll(result, 0.99),
      beyond: shareBeyond(result, limit.ms),
      shares: result.servers.map(({ share }) => share),
    };
  });
  const rows = await Promise.all(runs);
  return {
    limited: rows.map(({ limited }) => limited),
    p50: rows.map(({ p50 }) => p50),
    p99: rows.map(({ p99 }) => p99),
    beyond: rows.map(({ beyond }) => beyond),
    shares: site.servers.map((_, i) => rows.map(({ shares }) => shares[i] ?? Number.NaN)),
  };
}

/** Does one run. Returns the quantile of the limit. */
export async function limitedIn(
  site: Site,
  trial: Trial,
  seed: number,
  { runner, told }: Doing,
  what: string,
): Promise<number> {
  const result = await resultOf(site, trial, seed, runner);
  told(what);
  return quantileOfAll(result, trial.limit.quantile);
}

const resultOf = (
  site: Site,
  { candidate, limit: _, ...choice }: Trial,
  seed: number,
  runner: Runner,
): Promise<Result> =>
  runner.simulate({
    scenario: scenarioOf(site, { ...choice, seed }),
    candidate,
    seed,
    anySize: false,
  });
