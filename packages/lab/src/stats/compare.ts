// Compares two algorithms over the same seeds, so that each algorithm got the same traffic: the differences of the pairs
// are judged (Student 1908), with the critical value of critical-value.ts. `tandem lab coverage` measures how often the
// intervals hold the truth; docs/lab/intervals.md has the figures, and those of the methods that were not taken.
import { criticalValue } from "./critical-value.ts";
import { estimate } from "./estimate.ts";
import { holm } from "./holm.ts";
import { ratioOfMeans } from "./ratio.ts";
import { tQuantile, tTails } from "./student.ts";

export interface Comparison {
  /** The second algorithm's value minus the first algorithm's value, averaged over the seeds. */
  readonly difference: number;
  /** The confidence interval of the difference. NaN when too few pairs differ from the others to tell. */
  readonly low: number;
  readonly high: number;
  /** The difference divided by the mean of the first algorithm's values. */
  readonly relative: number;
  /**
   * The confidence interval of `relative`. NaN when the mean of the first algorithm cannot be told from zero, or when all
   * values of the second are 0.
   */
  readonly relativeLow: number;
  readonly relativeHigh: number;
  readonly confidence: number;
  readonly pairs: number;
  /**
   * The chance of a difference as large as this one, or larger, between algorithms that are equal. NaN when there are
   * too few pairs, or when all pairs differ by the same number.
   */
  readonly p: number;
  /** How many comparisons were judged together, and `p` corrected for their number. 1 and `p` for a single one. */
  readonly together: number;
  readonly corrected: number;
  readonly verdict: Verdict;
}

export type Verdict = "lower" | "higher" | "no significant difference";

/** With fewer pairs of runs no difference counts as significant, because the result would not be reliable. */
export const FEWEST_PAIRS = 5;

/**
 * Compares two lists. `a[i]` and `b[i]` come from the same seed. A pair is left out when one of its values is not a
 * number. Where several comparisons are shown together, `judgedTogether` has to judge them.
 */
export function comparePaired(
  a: readonly number[],
  b: readonly number[],
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): Comparison {
  const both = [...a.keys()].filter((i) => Number.isFinite((b[i] ?? Number.NaN) - (a[i] ?? 0)));
  const [ofA = [], ofB = []] = [a, b].map((values) => both.map((i) => values[i] ?? 0));
  const differences = both.map((i) => (b[i] ?? 0) - (a[i] ?? 0));
  const { mean, error, count } = estimate(differences, confidence);
  const critical = count < 2 ? Number.NaN : criticalValue(differences, confidence);
  const reach = Number.isFinite(critical) ? critical * error : Number.NaN;
  const ratio = ratioOfMeans(ofA, ofB, critical);
  const alone = {
    difference: mean,
    low: mean - reach,
    high: mean + reach,
    relative: mean / estimate(ofA).mean,
    relativeLow: ratio.low - 1,
    relativeHigh: ratio.high - 1,
    confidence,
    pairs: count,
    p: chance(mean / error, { critical, count, confidence }),
  };
  return { ...alone, ...judged(alone, alone.p, 1) };
}

/**
 * Returns the p value of a mean that is `distance` standard errors from zero. The distance is scaled so that the critical
 * value becomes that of Student's t. So p is below 5 % exactly when the interval of 95 % leaves 0 out, and the p values of
 * large differences stay different, which the shares of a bootstrap's samples do not.
 */
function chance(
  distance: number,
  { critical, count, confidence }: { critical: number; count: number; confidence: number },
): number {
  if (count < FEWEST_PAIRS || !Number.isFinite(distance)) return Number.NaN;
  return tTails((distance * tQuantile(confidence, count - 1)) / critical, count - 1);
}

/**
 * Judges comparisons that are shown together: corrects their p values for their number, and with them the verdicts. The
 * intervals stay those of each comparison alone.
 */
export function judgedTogether(comparisons: readonly Comparison[]): Comparison[] {
  const corrected = holm(comparisons.map(({ p }) => p));
  const together = corrected.filter((p) => !Number.isNaN(p)).length;
  return comparisons.map((comparison, i) => ({
    ...comparison,
    ...judged(comparison, corrected[i] ?? Number.NaN, together),
  }));
}

function judged(
  {
    difference,
    confidence,
    pairs,
    low,
    high,
  }: Omit<Comparison, "corrected" | "together" | "verdict">,
  corrected: number,
  together: number,
): Pick<Comparison, "corrected" | "together" | "verdict"> {
  // When every pair differs by the same number, chance has no part in the difference.
  const certain = pairs >= FEWEST_PAIRS && low === high && difference !== 0;
  const differs = certain || corrected < 1 - confidence;
  return {
    corrected,
    together: Math.max(1, together),
    verdict: !differs ? "no significant difference" : difference < 0 ? "lower" : "higher",
  };
}
