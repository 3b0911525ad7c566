// The intervals of the checks. A whole run has about 150 quantities with intervals, and is to hold as a whole. So each
// interval is at 99.95 %: by Bonferroni's inequality, all of them together hold in more than nine of ten runs of a
// simulator without a fault, with whichever seeds. (The seeds are fixed, so a run is always the same.)
import type { Estimate } from "../stats/estimate.ts";
import { tQuantile } from "../stats/student.ts";

export const CONFIDENCE = 0.9995;

/** The normal quantile at (1 + CONFIDENCE) / 2. */
const Z = 3.480756;

/**
 * Returns the interval of a mean at CONFIDENCE, by Student's t. An estimate whose `count` is infinite has a known
 * variance, as a share has, so its interval is the normal one. An estimate of one value has no interval.
 */
export function intervalOf({ mean, error, count }: Estimate): readonly [number, number] {
  if (count < 2) return [Number.NaN, Number.NaN];
  const reach = error * (Number.isFinite(count) ? tQuantile(CONFIDENCE, count - 1) : Z);
  return [mean - reach, mean + reach];
}

/** Returns the estimate of a share from `hits` of `trials` independent trials, when `expected` is the true share. */
export function shareOf(hits: number, trials: number, expected: number): Estimate {
  const mean = hits / trials;
  const error = Math.sqrt((expected * (1 - expected)) / trials);
  return { mean, error, low: mean - 1.96 * error, high: mean + 1.96 * error, count: Infinity };
}
