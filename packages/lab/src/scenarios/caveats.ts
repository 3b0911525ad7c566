// What keeps the figures of a row from being what they seem: requests that are never answered, a load at or above the
// capacity, and limits that an algorithm kept to. Every place that shows a row shows these too.
import { plain } from "../figures/numbers.ts";
import type { Result } from "../sim/result.ts";
import type { Metric } from "./study.ts";

export interface Caveats {
  /** The share of the requests that are never answered, 0 to 1, averaged over the seeds. */
  readonly unanswered: number;
  /** The load, when the run is unstable (`Result.unstable`). Its latencies then depend on the length of the run. */
  readonly unstable: number | undefined;
  readonly notes: readonly string[];
}

/** Sums up the caveats of the runs of one algorithm in one variant, one result per seed. */
export function caveatsOf(
  results: readonly Pick<Result, "counts" | "unstable" | "notes">[],
): Caveats {
  const shares = results.map(({ counts }) => counts.unanswered / Math.max(1, counts.offered));
  return {
    unanswered: shares.reduce((sum, share) => sum + share, 0) / results.length,
    unstable: results[0]?.unstable,
    notes: [...new Set(results.flatMap(({ notes }) => notes))],
  };
}

/** Whether the metric has no meaningful mean, because it is a latency of an unstable run. */
export function isUnstable({ unit }: Metric, { unstable }: Caveats): boolean {
  return unstable !== undefined && unit === "ms";
}

/** Says that a load at or above the capacity leaves no mean to show. */
export const unstableText = ({ unstable = Number.NaN }: Caveats): string =>
  `unstable, ρ = ${plain(unstable)}`;

/** Whether the metric is a lower bound, because it is a latency and some requests are never answered. */
export function isLowerBound({ unit }: Metric, { unanswered }: Caveats): boolean {
  return unanswered > 0 && unit === "ms";
}
