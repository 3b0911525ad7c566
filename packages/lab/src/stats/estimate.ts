// Computes a mean and its uncertainty. Within one run neighbouring requests are correlated, so the error is computed
// from means of long batches (batch means), which are nearly independent.
import { tQuantile } from "./student.ts";

export interface Estimate {
  readonly mean: number;
  /** The standard error of the mean. NaN when there are fewer than two values. */
  readonly error: number;
  /** The 95 % confidence interval. NaN when there are fewer than two values. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Returns how many standard errors the interval reaches to each side. Infinity when nothing can be said. */
export type CriticalValue = (values: readonly number[], confidence: number) => number;

/** The one for values that are spread normally, as means of batches are. */
const studentsT: CriticalValue = ({ length }, confidence) => tQuantile(confidence, length - 1);

/**
 * Computes the estimate from independent values, or from means of batches. Values that are not numbers are left out. For
 * values that may be skewed, such as those of seeds, `critical` is `criticalValue` of critical-value.ts. Where that is
 * infinite, the interval is Student's, so that it can be drawn.
 */
export function estimate(
  values: readonly number[],
  confidence = 0.95,
  critical: CriticalValue = studentsT,
): Estimate {
  const known = values.filter((value) => Number.isFinite(value));
  const count = known.length;
  const mean = known.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, error: Number.NaN, low: Number.NaN, high: Number.NaN, count };
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const error = Math.sqrt(variance / count);
  const wanted = critical(known, confidence);
  const reach = error * (Number.isFinite(wanted) ? wanted : studentsT(known, confidence));
  return { mean, error, low: mean - reach, high: mean + reach, count };
}
