// The ratio of two means that were measured in pairs, with the interval of Fieller (1954). The interval holds every ratio
// r for which the mean of b − r·a is at most `critical` standard errors from zero. So it holds 1 exactly when the interval
// of the difference holds 0, and no logarithm is needed, which a share of 0 would not have. What makes a seed hard for both
// algorithms cancels in b − r·a, so the interval of the ratio is less disturbed by skewed values than that of the
// difference.
import { estimate } from "./estimate.ts";

export interface Ratio {
  /** The mean of b divided by the mean of a. */
  readonly ratio: number;
  /**
   * NaN for both when the mean of a cannot be told from zero: no interval with two ends exists then. NaN too when b is 0
   * in every pair: events that are rare have not been seen, which does not mean that there are none.
   */
  readonly low: number;
  readonly high: number;
}

/**
 * Compares two lists of the same length; `a[i]` and `b[i]` are a pair. All values are numbers. `critical` is the critical
 * value of their differences.
 */
export function ratioOfMeans(a: readonly number[], b: readonly number[], critical: number): Ratio {
  const n = a.length;
  const [ofA, ofB] = [estimate(a), estimate(b)];
  const ratio = ofB.mean / ofA.mean;
  const none = { ratio, low: Number.NaN, high: Number.NaN };
  if (n < 2 || b.every((value) => value === 0)) return none;
  const squared = critical ** 2;
  const both = a.reduce((sum, x, i) => sum + (x - ofA.mean) * ((b[i] ?? 0) - ofB.mean), 0);
  const covariance = both / (n - 1) / n;
  // The ends are the solutions of (mean of b − r · mean of a)² = t² · (squared error of b − r·a), by r.
  const square = ofA.mean ** 2 - squared * ofA.error ** 2;
  if (!(square > 0)) return none;
  const half = (ofA.mean * ofB.mean - squared * covariance) / square;
  const rest = (ofB.mean ** 2 - squared * ofB.error ** 2) / square;
  const reach = Math.sqrt(Math.max(0, half ** 2 - rest));
  return { ratio, low: half - reach, high: half + reach };
}
