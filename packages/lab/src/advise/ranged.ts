// A value that was estimated, with the interval that holds the true one in 19 of 20 cases. NaN at both ends: not known.
import { estimate } from "../stats/estimate.ts";

export interface Ranged {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The standard errors of an interval of 95 % from many values. */
export const Z95 = 1.959963984540054;
const BATCHES = 20;
/** With fewer values a batch would be a handful, and an interval a guess. */
const FEWEST = 5 * BATCHES;

/**
 * Two servers are taken to differ from this many standard errors on: one of a thousand pairs of equal ones is that far apart.
 * Boxes are usually bought alike, and of many servers some differ by chance.
 */
const SURE = 3.3;

/**
 * Returns the index of the server that others are compared with: of those with nearly the most requests, the first, so that it does not depend on the last request of a log.
 */
export function referenceOf(counts: readonly number[]): number {
  const most = Math.max(...counts);
  return Math.max(
    0,
    counts.findIndex((count) => count >= 0.9 * most),
  );
}

/** Whether the interval, which is symmetric by `scale`, is so far from `from` that chance is no explanation. */
export function isFarFrom(
  from: number,
  { value, low, high }: Ranged,
  scale = (x: number) => x,
): boolean {
  const reach = (scale(high) - scale(low)) / 2;
  return Math.abs(scale(value) - scale(from)) > (SURE / Z95) * reach && reach > 0;
}

/** Returns the standard error of the logarithm of a value above 0; 0 when nothing is known of it. */
export function logError({ low, high }: Ranged): number {
  const error = (Math.log(high) - Math.log(Math.max(low, high / 1000))) / 2 / Z95;
  return Number.isFinite(error) ? error : 0;
}

/** A value with its standard error. */
export const around = (value: number, error: number): Ranged => ({
  value,
  low: value - Z95 * error,
  high: value + Z95 * error,
});

/** The mean of values in the order of time; neighbours may be alike, so the interval is that of 20 batches. */
export function meanOf(values: readonly number[]): Ranged {
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  if (values.length < FEWEST) return { value, low: Number.NaN, high: Number.NaN };
  const size = values.length / BATCHES;
  const means = Array.from({ length: BATCHES }, (_, batch) => {
    const own = values.slice(Math.floor(batch * size), Math.floor((batch + 1) * size));
    return own.reduce((sum, one) => sum + one, 0) / own.length;
  });
  const { low, high } = estimate(means);
  return { value, low, high };
}
