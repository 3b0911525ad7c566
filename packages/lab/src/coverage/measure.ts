// Measures how often the intervals hold the truth. A trial does what `tandem lab run` and `compare` do: it takes some
// seeds, one run each, and computes the intervals. The trials share no run, so they are independent.
import { inTurn } from "../scenarios/in-turn.ts";
import { estimateOfSeeds } from "../scenarios/run-study.ts";
import { simulate } from "../sim/simulation.ts";
import { comparePaired } from "../stats/compare.ts";
import { estimate } from "../stats/estimate.ts";
import type { CoverageCase } from "./coverage-case.ts";

/** The intervals that are tried: of one algorithm's mean, of the difference, and of the relative difference. */
export type Interval = "mean" | "difference" | "relative";

export interface Coverage {
  readonly metric: string;
  readonly interval: Interval;
  readonly truth: number;
  readonly seeds: number;
  readonly trials: number;
  /** How many trials had no interval, because too few of their values differed. */
  readonly without: number;
  /** The share of the other trials whose interval held the truth. */
  readonly held: number;
}

export interface CoverageOptions {
  readonly trials: number;
  readonly seedCounts: readonly number[];
  /** Runs seeds of the case. Default: in this thread. */
  readonly runSeeds?: (range: SeedRange) => Promise<readonly Values[]>;
  /** Called after some of the runs, several times. */
  readonly progress?: (done: number, total: number) => void;
}

/** Seeds from `first` to `last`, both included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** The values of one metric, one per seed. */
export interface Values {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** So many seeds are run at a time: a tenth of a second of work, so that asking for it costs next to nothing. */
const AT_A_TIME = 100;

/** Runs a case and returns how often each of its intervals held the truth, for each number of seeds. */
export async function measureCoverage(
  test: CoverageCase,
  options: CoverageOptions,
): Promise<Coverage[]> {
  const { trials, seedCounts } = options;
  const runs = await allRuns(test, trials * Math.max(...seedCounts), options);
  return test.quantities.flatMap(({ metric, exact }, i) => {
    const values = runs[i] ?? { a: [], b: [] };
    const truths = truthsOf(exact ?? { a: meanOf(values.a), b: meanOf(values.b) });
    return Object.entries(truths).flatMap(([interval, truth]) =>
      seedCounts.map((seeds) => ({
        metric: metric.name,
        interval: interval as Interval,
        truth,
        seeds,
        trials,
        ...heldShare(values, { interval: interval as Interval, truth, seeds, trials }),
      })),
    );
  });
}

const truthsOf = ({ a, b }: { readonly a: number; readonly b: number }) => ({
  mean: a,
  difference: b - a,
  relative: b / a - 1,
});

const meanOf = (values: readonly number[]) => estimate(values).mean;

/** Seeds of algorithm b that share no traffic with those of a. */
const OTHER_SEEDS = 1_000_000_000;

async function allRuns(
  test: CoverageCase,
  count: number,
  { runSeeds = here(test), progress }: CoverageOptions,
): Promise<Values[]> {
  let done = 0;
  const parts = Array.from({ length: Math.ceil(count / AT_A_TIME) }, async (_, part) => {
    const range = { first: part * AT_A_TIME + 1, last: Math.min(count, (part + 1) * AT_A_TIME) };
    const values = await runSeeds(range);
    done += range.last - range.first + 1;
    progress?.(done, count);
    return values;
  });
  const all = await Promise.all(parts);
  return test.quantities.map((_, i) => ({
    a: all.flatMap((values) => values[i]?.a ?? []),
    b: all.flatMap((values) => values[i]?.b ?? []),
  }));
}

function here(test: CoverageCase): NonNullable<CoverageOptions["runSeeds"]> {
  const next = inTurn();
  return (range) => next(() => coverageRuns(test, range));
}

/** Runs some seeds of a case. Returns the values of each of its quantities, one per seed. */
export function coverageRuns(
  { scenario, a, b, paired, quantities }: CoverageCase,
  { first, last }: SeedRange,
): Values[] {
  const values = quantities.map(() => ({ a: [] as number[], b: [] as number[] }));
  for (let seed = first; seed <= last; seed++) {
    const one = simulate(scenario, { ...a, seed });
    const other = simulate(scenario, { ...b, seed: paired ? seed : OTHER_SEEDS + seed });
    for (const [i, { metric }] of quantities.entries()) {
      values[i]?.a.push(metric.of(one));
      values[i]?.b.push(metric.of(other));
    }
  }
  return values;
}

function heldShare(
  { a, b }: Values,
  { interval, truth, seeds, trials }: Omit<Coverage, "held" | "metric" | "without">,
): Pick<Coverage, "held" | "without"> {
  let [held, without] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const [from, to] = [trial * seeds, (trial + 1) * seeds];
    const [low, high] = intervalOf(interval, a.slice(from, to), b.slice(from, to));
    if (Number.isNaN(low)) without++;
    else if (low <= truth && truth <= high) held++;
  }
  return { held: held / (trials - without), without };
}

function intervalOf(
  interval: Interval,
  a: readonly number[],
  b: readonly number[],
): readonly [low: number, high: number] {
  if (interval === "mean") {
    const { low, high } = estimateOfSeeds(a);
    return [low, high];
  }
  const { low, high, relativeLow, relativeHigh } = comparePaired(a, b);
  return interval === "difference" ? [low, high] : [relativeLow, relativeHigh];
}
