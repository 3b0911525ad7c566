// Runs a study: every variant with every candidate. All candidates run with the same seeds, so for each seed they get
// the same traffic. Then compares each candidate with the first candidate on the headline metric, seed by seed.
import type { Result } from "../sim/result.ts";
import { type Comparison, comparePaired, judgedTogether } from "../stats/compare.ts";
import { criticalValue } from "../stats/critical-value.ts";
import { type Estimate, estimate } from "../stats/estimate.ts";
import { type CaveatFacts, type Caveats, caveatsOf } from "./caveats.ts";
import { type Runner, simulateRun } from "./runner.ts";
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
  /** Called once for each run; `done` of `total` runs are finished. */
  readonly progress?: (done: number, total: number, what: string) => void;
}

export const DEFAULT_SEEDS: readonly number[] = Array.from({ length: 10 }, (_, i) => i + 1);

/** Computes the estimate of a metric from its values, one per seed. */
export const estimateOfSeeds = (values: readonly number[]): Estimate =>
  estimate(values, 0.95, criticalValue);

/** What a row needs of one run. The whole result is kept of the first seed only. */
export interface Measured {
  readonly values: readonly number[];
  readonly caveats: CaveatFacts;
}

/** A row to be: an algorithm in a variant. `leads` says whether the others of the variant are compared with it. */
interface Job {
  readonly variant: Variant;
  readonly candidate: Candidate;
  readonly leads: boolean;
}

function jobsOf(study: Study, { candidates = study.candidates, full = false }: StudyOptions) {
  return study
    .variants(full)
    .flatMap((variant) =>
      candidates
        .filter(({ label }) => variant.only?.includes(label) ?? true)
        .map((candidate, i): Job => ({ variant, candidate, leads: i === 0 })),
    );
}

/** Yields each row as it becomes ready. The runs happen while the caller iterates. */
export function* runStudy(study: Study, options: StudyOptions = {}): Generator<StudyRow> {
  const { seeds = DEFAULT_SEEDS, anySize = false } = options;
  const jobs = jobsOf(study, options);
  const total = jobs.length * seeds.length;
  let done = 0;
  let reference: readonly number[] | undefined;
  for (const job of jobs) {
    const { variant, candidate } = job;
    let result: Result | undefined;
    const runs = seeds.map((seed) => {
      options.progress?.(done++, total, `${variant.label}, ${candidate.label}`);
      const found = simulateRun({ scenario: variant.scenario, candidate, seed, anySize });
      result ??= found;
      return measured(study, found);
    });
    if (job.leads) reference = undefined;
    const row = rowOf(study, job, runs, result, reference);
    reference ??= row?.metrics[0]?.values;
    if (row !== undefined) yield row;
  }
}

/**
 * Returns the same rows as `runStudy`. All runs are given to `runner` at once, in the order of the rows. `progress` is
 * called after each run, whichever ends.
 */
export async function runStudyOn(
  runner: Runner,
  study: Study,
  options: StudyOptions = {},
): Promise<StudyRow[]> {
  const { seeds = DEFAULT_SEEDS, anySize = false } = options;
  const jobs = jobsOf(study, options);
  const total = jobs.length * seeds.length;
  let done = 0;
  const made = jobs.map(({ variant, candidate }) => {
    let first: Result | undefined;
    const runs = seeds.map(async (seed, i) => {
      const run = { scenario: variant.scenario, candidate, seed, anySize };
      const result = await runner.simulate(run);
      if (i === 0) first = result;
      options.progress?.(++done, total, `${variant.label}, ${candidate.label}`);
      return measured(study, result);
    });
    return Promise.all(runs).then((all) => ({ runs: all, first }));
  });
  let reference: readonly number[] | undefined;
  return (await Promise.all(made)).flatMap(({ runs, first }, at) => {
    const job = jobs[at];
    if (job === undefined) return [];
    if (job.leads) reference = undefined;
    const row = rowOf(study, job, runs, first, reference);
    reference ??= row?.metrics[0]?.values;
    return row ?? [];
  });
}

export function measured({ metrics }: Pick<Study, "metrics">, result: Result): Measured {
  const { counts, unstable, overloaded, notes } = result;
  return {
    values: metrics.map((metric) => metric.of(result)),
    caveats: { counts, overloaded, notes, ...(unstable !== undefined && { unstable }) },
  };
}

function rowOf(
  study: Study,
  { variant, candidate }: Job,
  runs: readonly Measured[],
  result: Result | undefined,
  reference: readonly number[] | undefined,
): StudyRow | undefined {
  if (result === undefined) return undefined;
  const metrics = study.metrics.map((metric, i) => {
    const values = runs.map((run) => run.values[i] ?? Number.NaN);
    return { metric, values, estimate: estimateOfSeeds(values) };
  });
  const comparison = reference && comparePaired(reference, metrics[0]?.values ?? []);
  const caveats = caveatsOf(runs.map((run) => run.caveats));
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
