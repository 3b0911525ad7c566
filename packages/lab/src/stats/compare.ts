// Compares two algorithms over the same seeds, so that each algorithm got the same traffic. The confidence interval
// comes from a bootstrap (Efron 1979) over the differences of the pairs. When the interval contains zero, the verdict
// is "no significant difference".
import { Stream } from "../sim/stream.ts";

export interface Comparison {
  /** The second algorithm's value minus the first algorithm's value, averaged over the seeds. */
  readonly difference: number;
  /** The difference divided by the mean of the first algorithm's values. */
  readonly relative: number;
  /** The confidence interval of the difference. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly pairs: number;
  readonly verdict: "lower" | "higher" | "no significant difference";
}

const RESAMPLES = 10_000;
/** With fewer pairs of runs no difference counts as significant, because the result would not be reliable. */
const FEWEST_PAIRS = 5;

/**
 * Compares two lists. `a[i]` and `b[i]` come from the same seed. A pair is left out when one of its values is not a
 * number.
 */
export function comparePaired(
  a: readonly number[],
  b: readonly number[],
  { confidence = 0.95, seed = 1 }: { readonly confidence?: number; readonly seed?: number } = {},
): Comparison {
  const differences = a
    .map((value, index) => (b[index] ?? Number.NaN) - value)
    .filter((difference) => Number.isFinite(difference));
  const pairs = differences.length;
  const means = resampledMeans(differences, new Stream(seed, "bootstrap"));
  const at = (share: number) =>
    means[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))] ?? Number.NaN;
  const [low, high] = [at((1 - confidence) / 2), at((1 + confidence) / 2)];
  const difference = differences.reduce((sum, value) => sum + value, 0) / pairs;
  const meanOfA = a.reduce((sum, value) => sum + value, 0) / a.length;
  const sure = pairs >= FEWEST_PAIRS && (low > 0 || high < 0);
  return {
    difference,
    relative: difference / meanOfA,
    low,
    high,
    confidence,
    pairs,
    verdict: !sure ? "no significant difference" : difference < 0 ? "lower" : "higher",
  };
}

function resampledMeans(values: readonly number[], stream: Stream): Float64Array {
  const means = new Float64Array(RESAMPLES);
  for (let sample = 0; sample < RESAMPLES; sample++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[stream.below(values.length)] ?? 0;
    means[sample] = sum / values.length;
  }
  return means.sort();
}
