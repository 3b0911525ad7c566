// The intervals of the checks. A whole run has about 150 quantities with intervals, and is to hold as a whole. So each
// interval is at 99.95 %: by Bonferroni's inequality, all of them together hold in more than nine of ten runs of a
// simulator without a fault, with whichever seeds. (The seeds are fixed, so a run is always the same.)
import type { Estimate } from "../stats/estimate.ts";

export const CONFIDENCE = 0.9995;

/** The normal quantile at (1 + CONFIDENCE) / 2. */
const Z = 3.480756;

/**
 * Returns the interval of a mean at CONFIDENCE, by Student's t. An estimate whose `count` is infinite has a known
 * variance, as a share has, so its interval is the normal one.
 */
export function intervalOf({ mean, error, count }: Estimate): readonly [number, number] {
  const reach = error * quantile(count - 1);
  return [mean - reach, mean + reach];
}

/** Student's quantile by the expansion of Abramowitz and Stegun 26.7.5; within 1 % from 9 degrees of freedom on. */
function quantile(degrees: number): number {
  const [z3, z5, z7, z9] = [Z ** 3, Z ** 5, Z ** 7, Z ** 9];
  return (
    Z +
    (z3 + Z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * Z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * degrees ** 3) +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * Z) / (92_160 * degrees ** 4)
  );
}

/** Returns the estimate of a share from `hits` of `trials` independent trials, when `expected` is the true share. */
export function shareOf(hits: number, trials: number, expected: number): Estimate {
  const mean = hits / trials;
  const error = Math.sqrt((expected * (1 - expected)) / trials);
  return { mean, error, low: mean - 1.96 * error, high: mean + 1.96 * error, count: Infinity };
}
