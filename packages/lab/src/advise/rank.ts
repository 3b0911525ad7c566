// Ranks algorithms on a site: every one meets the same requests, with and without weights, and each is compared with the
// best one, seed by seed.
import type { Candidate } from "../scenarios/study.ts";
import { type Comparison, comparePaired, judgedTogether } from "../stats/compare.ts";
import { type Doing, type Limit, type Measured, measure } from "./runs.ts";
import type { Site } from "./site.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** An algorithm with weights for the servers. */
export interface Setting {
  readonly candidate: Candidate;
  readonly weights: readonly number[];
  /** Where the weights come from. */
  readonly weighted: "equal" | "by speed" | "as today";
}

export interface Ranked {
  readonly setting: Setting;
  /** 1 for the best and for all that chance, or less than SMALL, may have put behind it. */
  readonly rank: number;
  readonly limited: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
  /** The share of the requests that are slower than the limit or fail, 0 to 1. */
  readonly beyond: Spread;
  /** The share of the requests that each server gets, 0 to 1. */
  readonly shares: readonly Spread[];
  /** Against the best one, by the quantile of the limit; absent for the best, and where too many requests fail. */
  readonly comparison?: Comparison;
}

export interface RankChoice {
  readonly rate: number;
  readonly requests: number;
  readonly limit: Limit;
  readonly seeds: readonly number[];
  readonly doing: Doing;
}

/** A difference below this share is not worth a change, however sure it is. */
export const SMALL = 0.05;

/** Returns the settings from the best to the worst, by the mean of the quantile of the limit. */
export async function rank(
  site: Site,
  settings: readonly Setting[],
  { seeds, doing, ...choice }: RankChoice,
): Promise<readonly Ranked[]> {
  const rows: Row[] = [];
  for (const [at, setting] of settings.entries()) {
    const { candidate, weights } = setting;
    const what = `${candidate.label} at ${Math.round(choice.rate)}/s`;
    const trial = { ...choice, candidate, weights };
    rows.push(rowOf(setting, at, await measure(site, trial, seeds, doing, what)));
  }
  return judged(rows.toSorted((a, b) => a.limited.mean - b.limited.mean || a.at - b.at));
}

const rowOf = (setting: Setting, at: number, measured: Measured): Row => ({
  ...{ setting, at, values: measured.limited },
  limited: spreadOf(measured.limited),
  p50: spreadOf(measured.p50),
  p99: spreadOf(measured.p99),
  beyond: spreadOf(measured.beyond),
  shares: measured.shares.map(spreadOf),
});

interface Row extends Omit<Ranked, "rank" | "comparison"> {
  readonly at: number;
  readonly values: readonly number[];
}

function judged([best, ...others]: readonly Row[]): readonly Ranked[] {
  if (best === undefined) return [];
  const finite = (row: Row) => Number.isFinite(row.limited.mean);
  const comparable = finite(best) ? others.filter(finite) : [];
  const comparisons = judgedTogether(
    comparable.map(({ values }) => comparePaired(best.values, values)),
  );
  const against = new Map(comparable.map((row, i) => [row, comparisons[i]]));
  let rank = 1;
  return [best, ...others].map((row, i) => {
    const { at: _, values: __, ...rest } = row;
    const comparison = against.get(row);
    if (i > 0 && !isAsGood(comparison)) rank = rank === 1 ? i + 1 : rank + 1;
    return { ...rest, rank: i === 0 ? 1 : rank, ...(comparison && { comparison }) };
  });
}

/** Whether nothing speaks for the best one: chance may be the reason, or the difference is small. */
function isAsGood(comparison: Comparison | undefined): boolean {
  if (comparison === undefined) return false;
  return comparison.verdict !== "higher" || comparison.relative < SMALL;
}
