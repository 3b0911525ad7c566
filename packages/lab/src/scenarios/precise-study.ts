// Runs a study until the intervals of its headline metric are as narrow as wanted: first some seeds, then as many more as
// the spread between them asks for, at most four times as many at once, and so on (the sequential procedure of Law,
// Simulation Modeling and Analysis, 2015, §9.4.1). A variant stops when all its algorithms are precise enough, or at a
// bound.
import { comparePaired } from "../stats/compare.ts";
import { nextCount, type Reached, seedsFor } from "../stats/precision.ts";
import { isUnstable } from "./caveats.ts";
import { estimateOfSeeds, runStudyOn, type StudyOptions, type StudyRow } from "./run-study.ts";
import { HERE, type Runner } from "./runner.ts";
import type { Study, Variant } from "./study.ts";

export interface Precision {
  /** The wanted reach of an interval to each side, as a share: .02 for two per cent. */
  readonly wanted: number;
  /** The bound: no variant gets more seeds than this. */
  readonly most: number;
  /**
   * What has to be precise: the mean of each algorithm, or the relative difference of each algorithm from the first.
   */
  readonly of: "means" | "differences";
}

/** How precise a row became. */
export interface RowPrecision extends Reached {
  readonly row: StudyRow;
  /** Whether the interval is as narrow as wanted. */
  readonly enough: boolean;
  /** About how many seeds it takes. NaN when the row has no interval. */
  readonly needed: number;
}

export interface PreciseStudy {
  readonly rows: readonly StudyRow[];
  readonly precisions: readonly RowPrecision[];
}

export type PreciseOptions = Omit<StudyOptions, "progress"> &
  Required<Pick<StudyOptions, "seeds">> & {
    readonly precision: Precision;
    /** Does the runs. Default: this thread. */
    readonly runner?: Runner;
    /** Called after each run, with what is known of the run's variant: "12 of about 34 seeds". */
    readonly progress?: (what: string) => void;
  };

/**
 * Runs the study, all variants at the same time. `options.seeds` are the first seeds; the further ones are the numbers
 * after the largest.
 */
export async function runPrecisely(study: Study, options: PreciseOptions): Promise<PreciseStudy> {
  const variants = study.variants(options.full ?? false);
  const done = await Promise.all(variants.map((variant) => runVariant(study, variant, options)));
  return {
    rows: done.flatMap(({ rows }) => rows),
    precisions: done.flatMap(({ precisions }) => precisions),
  };
}

async function runVariant(
  study: Study,
  variant: Variant,
  options: PreciseOptions,
): Promise<PreciseStudy> {
  const { precision, seeds, progress, runner = HERE, ...rest } = options;
  const last = Math.max(...seeds);
  const run = (chosen: readonly number[], before: number, goal: number) =>
    runStudyOn(
      runner,
      { ...study, variants: () => [variant] },
      {
        ...rest,
        seeds: chosen,
        progress: (done, _, what) =>
          progress?.(`${what}: seed ${before + ((done - 1) % chosen.length) + 1} of about ${goal}`),
      },
    );
  let rows = await run(seeds, 0, seeds.length);
  let count = seeds.length;
  for (;;) {
    const precisions = rows.flatMap((row, i) =>
      i === 0 && precision.of === "differences" ? [] : precisionOf(row, count, precision),
    );
    const next = Math.max(
      count,
      ...precisions.map((reached) => nextCount(precision.wanted, reached, precision.most)),
    );
    if (next <= count) return { rows, precisions };
    const more = Array.from(
      { length: next - count },
      (_, i) => last + count - seeds.length + i + 1,
    );
    rows = merged(rows, await run(more, count, next));
    count = next;
  }
}

function precisionOf(row: StudyRow, count: number, { wanted, of }: Precision): RowPrecision {
  const [headline] = row.metrics;
  const unstable = headline === undefined || isUnstable(headline.metric, row.caveats);
  const { mean = 0, low = 0, high = 0 } = headline?.estimate ?? {};
  const { relativeLow = 0, relativeHigh = 0 } = row.comparison ?? {};
  const reach =
    of === "means" ? (high - low) / 2 / Math.abs(mean) : (relativeHigh - relativeLow) / 2;
  const reached = { reach: unstable ? Number.NaN : reach, count };
  return {
    ...reached,
    row,
    enough: reached.reach <= wanted,
    needed: seedsFor(wanted, reached),
  };
}

/** Adds the values of further seeds to the rows of the same algorithms. */
function merged(rows: readonly StudyRow[], more: readonly StudyRow[]): StudyRow[] {
  let first: readonly number[] | undefined;
  return rows.map((row, i) => {
    const other = more[i];
    const metrics = row.metrics.map(({ metric, values }, k) => {
      const all = [...values, ...(other?.metrics[k]?.values ?? [])];
      return { metric, values: all, estimate: estimateOfSeeds(all) };
    });
    const own = metrics[0]?.values ?? [];
    const comparison = first && comparePaired(first, own);
    first ??= own;
    return {
      ...row,
      metrics,
      caveats: mergedCaveats(row, other),
      ...(comparison && { comparison }),
    };
  });
}

function mergedCaveats(row: StudyRow, other: StudyRow | undefined): StudyRow["caveats"] {
  if (other === undefined) return row.caveats;
  const [had = 0, has = 0] = [row, other].map(({ metrics }) => metrics[0]?.values.length);
  const unanswered =
    (had * row.caveats.unanswered + has * other.caveats.unanswered) / Math.max(1, had + has);
  const notes = [...new Set([...row.caveats.notes, ...other.caveats.notes])];
  return { ...row.caveats, unanswered, notes };
}
