// Computes a mean and its uncertainty. Within one run neighbouring requests are correlated, so the error is computed
// from means of long batches (batch means), which are nearly independent.

export interface Estimate {
  readonly mean: number;
  /** The standard error of the mean. */
  readonly error: number;
  /** The 95 % confidence interval by Student's t. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Computes the estimate from independent values, or from means of batches. */
export function estimate(values: readonly number[]): Estimate {
  const known = values.filter((value) => Number.isFinite(value));
  const count = known.length;
  const mean = known.reduce((sum, value) => sum + value, 0) / count;
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const error = count > 1 ? Math.sqrt(variance / count) : Number.NaN;
  const reach = error * tQuantile(count - 1);
  return { mean, error, low: mean - reach, high: mean + reach, count };
}

/**
 * Returns the 97.5 % quantile of Student's t, by Hill's expansion of the normal quantile; accurate to .5 % from 3
 * degrees of freedom on.
 */
function tQuantile(degrees: number): number {
  const z = 1.959964;
  const [z3, z5] = [z ** 3, z ** 5];
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  );
}
