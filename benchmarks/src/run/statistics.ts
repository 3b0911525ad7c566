// Medians and spreads. Measurements on a shared machine have outliers, which would distort a mean.

/**
 * Returns the value below which the share `q` of `values` lies, interpolated between two
 * neighbours. With a `q` of 0.5 it is the median.
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new Error("a quantile of no values");
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Returns the distance between the quartiles as a share of the median. 0.1 means that the middle half of the values
 * lies within ±5 % of the median.
 */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  if (middle === 0) return 0;
  return (quantile(values, 0.75) - quantile(values, 0.25)) / Math.abs(middle);
}

/** A median, with bounds between which the true median lies. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Returns the chance that at most `k` of `n` throws of a coin show heads. */
function atMostHeads(k: number, n: number): number {
  let ways = 1;
  let sum = 0;
  for (let heads = 0; heads <= k; heads++) {
    sum += ways;
    ways = (ways * (n - heads)) / (heads + 1);
  }
  return sum / 2 ** n;
}

/**
 * Returns the median of `values` and its bounds. The true median lies within the bounds 95 times of 100, whatever the
 * distribution of the values: a value is as likely to be below the true median as a coin is to show heads. For fewer
 * than six values no such bounds exist, so the bounds are then the smallest and the largest value. Returns undefined
 * when there are no values.
 */
export function estimate(values: readonly number[]): Estimate | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  let outside = 0;
  while (2 * atMostHeads(outside, sorted.length) <= 0.05) outside++;
  const index = Math.max(0, outside - 1);
  const low = sorted[index] ?? Number.NaN;
  const high = sorted[sorted.length - 1 - index] ?? Number.NaN;
  return { median: median(sorted), low, high };
}
