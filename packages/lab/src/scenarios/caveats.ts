// What keeps the figures of a row from being what they seem: requests that are never answered, a load at or above the
// capacity, and limits that an algorithm kept to. Every place that shows a row shows these too.
import { plain } from "../figures/numbers.ts";
import type { Overloaded } from "../sim/overloaded.ts";
import type { Result } from "../sim/result.ts";
import type { Metric } from "./study.ts";

export interface Caveats {
  /** The share of the requests that are never answered, 0 to 1, averaged over the seeds. */
  readonly unanswered: number;
  /** The load, when the run is unstable (`Result.unstable`). Its latencies then depend on the length of the run. */
  readonly unstable: number | undefined;
  /** The servers that were overloaded in most of the runs, each with its mean load in these. */
  readonly overloaded: readonly Overloaded[];
  readonly notes: readonly string[];
}

/** What of a result the caveats are made from. */
export type CaveatFacts = Pick<Result, "counts" | "unstable" | "overloaded" | "notes">;

/** Sums up the caveats of the runs of one algorithm in one variant, one result per seed. */
export function caveatsOf(results: readonly CaveatFacts[]): Caveats {
  const shares = results.map(({ counts }) => counts.unanswered / Math.max(1, counts.offered));
  return {
    unanswered: shares.reduce((sum, share) => sum + share, 0) / results.length,
    unstable: results[0]?.unstable,
    overloaded: mostlyOverloaded(results),
    notes: [...new Set(results.flatMap(({ notes }) => notes))],
  };
}

function mostlyOverloaded(results: readonly CaveatFacts[]): readonly Overloaded[] {
  const all = Map.groupBy(
    results.flatMap(({ overloaded }) => overloaded),
    ({ server }) => server,
  );
  return [...all]
    .filter(([, found]) => 2 * found.length > results.length)
    .map(([server, found]) => ({
      server,
      load: found.reduce((sum, { load }) => sum + load, 0) / found.length,
    }));
}

/** Says which servers are overloaded: `s3, ρ = 1.05`, or `s3 and 5 others, ρ up to 1.07`. Empty when none is. */
export function overloadedText(overloaded: readonly Overloaded[]): string {
  const [worst, ...others] = overloaded.toSorted((a, b) => b.load - a.load);
  if (worst === undefined) return "";
  const load = plain(worst.load);
  if (others.length === 0) return `${worst.server}, ρ = ${load}`;
  const rest = others.length === 1 ? others[0]?.server : `${others.length} others`;
  return `${worst.server} and ${rest}, ρ up to ${load}`;
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
