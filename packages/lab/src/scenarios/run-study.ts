// Runs a study: every variant with every candidate. All candidates run with the same seeds, so for each seed they get
// the same traffic. Then compares each candidate with the first candidate on the headline metric, seed by seed.
import type { Result } from "../sim/result.ts";
import { simulate } from "../sim/simulation.ts";
import { type Comparison, comparePaired, judgedTogether } from "../stats/compare.ts";
import { criticalValue } from "../stats/critical-value.ts";
import { type Estimate, estimate } from "../stats/estimate.ts";
import { type Caveats, caveatsOf } from "./caveats.ts";
import type { Candidate, Metric, Study, Variant } from "./study.ts";

export interface MetricValues {
  readonly metric: Metric;
  /** The metric's values, one per seed. */
  readonly values: readonly number[];
  readonly estimate: Estimate;
}

export interface StudyRow {
  readonly variant: Variant;
  readonly candidate: Candidate;
  /** The values of each metric, in the order of the study's metrics. */
  readonly metrics: readonly MetricValues[];
  /**
   * The comparison of this candidate with the first candidate of the variant, by the headline metric, which is the
   * study's first metric. Absent for the first candidate itself. Rows that are shown together are judged together, by
   * `judgedRows`.
   */
  readonly comparison?: Comparison;
  readonly caveats: Caveats;
  /** The whole result of the first seed: series, histograms, servers. */
  readonly result: Result;
}

export interface StudyOptions {
  /** The algorithms to run. Default: the candidates of the study. */
  readonly candidates?: readonly Candidate[];
  /** The seeds to run. Default 1 … 10. */
  readonly seeds?: readonly number[];
  readonly full?: boolean;
  /** Whether a scenario may take very long or much memory. Default false. */
  readonly anySize?: boolean;
  /** Called before each run; `done` of `total` runs are finished. */
  readonly progress?: (done: number, total: number, what: string) => void;
}

export const DEFAULT_SEEDS: readonly number[] = Array.from({ length: 10 }, (_, i) => i + 1);

/** Computes the estimate of a metric from its values, one per seed. */
export const estimateOfSeeds = (values: readonly number[]): Estimate =>
  estimate(values, 0.95, criticalValue);

/** Yields each row as it becomes ready. The runs happen while the caller iterates. */
export function* runStudy(study: Study, options: StudyOptions = {}): Generator<StudyRow> {
  const {
    candidates = study.candidates,
    seeds = DEFAULT_SEEDS,
    full = false,
    anySize = false,
  } = options;
  const jobs = study.variants(full).map((variant) => ({
    variant,
    candidates: candidates.filter(({ label }) => variant.only?.includes(label) ?? true),
  }));
  const total = jobs.reduce((sum, job) => sum + job.candidates.length, 0) * seeds.length;
  let done = 0;
  for (const { variant, candidates: chosen } of jobs) {
    let first: readonly number[] | undefined;
    for (const candidate of chosen) {
      const results = seeds.map((seed) => {
        options.progress?.(done++, total, `${variant.label}, ${candidate.label}`);
        return simulate(variant.scenario, { ...candidate, seed, anySize });
      });
      const row = rowOf(study, variant, candidate, results, first);
      first ??= row?.metrics[0]?.values;
      if (row !== undefined) yield row;
    }
  }
}

function rowOf(
  study: Study,
  variant: Variant,
  candidate: Candidate,
  results: readonly Result[],
  reference: readonly number[] | undefined,
): StudyRow | undefined {
  const [result] = results;
  if (result === undefined) return undefined;
  const metrics = study.metrics.map((metric) => {
    const values = results.map((one) => metric.of(one));
    return { metric, values, estimate: estimateOfSeeds(values) };
  });
  const comparison = reference && comparePaired(reference, metrics[0]?.values ?? []);
  const caveats = caveatsOf(results);
  return { variant, candidate, metrics, caveats, result, ...(comparison && { comparison }) };
}

/**
 * Judges the comparisons of rows that are shown together: corrects their p values and verdicts for the number of
 * comparisons.
 */
export function judgedRows(rows: readonly StudyRow[]): StudyRow[] {
  const comparisons = rows.flatMap(({ comparison }) => comparison ?? []);
  const judged = judgedTogether(comparisons)[Symbol.iterator]();
  return rows.map((row) => {
    if (row.comparison === undefined) return row;
    return { ...row, comparison: judged.next().value ?? row.comparison };
  });
}
