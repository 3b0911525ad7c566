// The rows of `tandem lab compare`: one for each metric of each variant, judged together.
import { isLowerBound, isUnstable } from "../scenarios/caveats.ts";
import type { StudyRow } from "../scenarios/run-study.ts";
import { type Comparison, comparePaired, judgedTogether } from "../stats/compare.ts";
import { seedsFor } from "../stats/precision.ts";

export interface ComparedRow {
  readonly variant: string;
  readonly metric: string;
  readonly unit: string;
  readonly a: Side;
  readonly b: Side;
  /** Null when a run is unstable and the metric is a latency, so that there is nothing to compare. */
  readonly comparison: Comparison | null;
  /** How many seeds tell the relative difference to within the wanted precision; NaN when that is not known. */
  readonly seedsNeeded: number;
  readonly unstable: number | null;
}

export interface Side {
  /** Null when the run is unstable. */
  readonly mean: number | null;
  /** Whether the mean is only a lower bound, because requests are never answered. */
  readonly atLeast: boolean;
}

/**
 * Compares the two rows of each variant, metric by metric. `precision` is the wanted precision of the relative
 * difference, .02 for two per cent.
 */
export function comparedRows(rows: readonly StudyRow[], precision: number): ComparedRow[] {
  const variants = Map.groupBy(rows, ({ variant }) => variant.label);
  const compared = [...variants].flatMap(([variant, [one, other]]) =>
    one && other ? metricsOf(variant, one, other) : [],
  );
  const judged = judgedTogether(compared.flatMap(({ comparison }) => comparison ?? []));
  const next = judged[Symbol.iterator]();
  return compared.map((row) => {
    if (row.comparison === null) return { ...row, seedsNeeded: Number.NaN };
    const comparison = next.next().value ?? row.comparison;
    return { ...row, comparison, seedsNeeded: seedsFor(precision, reachOf(comparison)) };
  });
}

/** Returns how far the interval of the relative difference reaches to each side, and from how many seeds. */
function reachOf({ relativeLow, relativeHigh, pairs }: Comparison) {
  return { reach: (relativeHigh - relativeLow) / 2, count: pairs };
}

function metricsOf(variant: string, one: StudyRow, other: StudyRow) {
  return one.metrics.map(({ metric, values, estimate }, i) => {
    const against = other.metrics[i] ?? { values: [], estimate: { mean: Number.NaN } };
    const unstable = isUnstable(metric, one.caveats);
    const side = (mean: number, { caveats }: StudyRow): Side => ({
      mean: unstable ? null : mean,
      atLeast: isLowerBound(metric, caveats),
    });
    return {
      variant,
      metric: metric.name,
      unit: metric.unit,
      a: side(estimate.mean, one),
      b: side(against.estimate.mean, other),
      comparison: unstable ? null : comparePaired(values, against.values),
      unstable: unstable ? (one.caveats.unstable ?? null) : null,
    };
  });
}
