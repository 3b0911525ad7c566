// How many standard errors an interval has to reach to each side of a mean. For normal values that is the quantile of
// Student's t. The values of p99 or of lost requests are skewed over the seeds, and t is then too small. So it is mixed
// with what the values say themselves: means of samples drawn from them, each divided by its own standard error (the
// symmetric studentised bootstrap: Hall 1988, On symmetric bootstrap confidence intervals). From 25 values on the
// bootstrap alone is right. With five it is too wide (98 % instead of 95 %), so it counts for a fifth there, and for two
// fifths with ten. docs/lab/intervals.md has the measurements behind these shares. Above a hundred values the two are the same.
import { Stream } from "../sim/stream.ts";
import { tQuantile } from "./student.ts";

/** With fewer values most samples are of one value, so the bootstrap says nothing. */
const FEWEST = 5;
const MOST = 100;
/** From this number of values on the bootstrap counts alone, below in proportion. */
const ALONE = 25;
const RESAMPLES = 999;

/**
 * Returns the number of standard errors for an interval with this confidence; the same values give the same number. It is
 * Infinity when so few of the values differ from the others that nothing can be said: with ten values, one or two. There
 * are at least two values.
 */
export function criticalValue(values: readonly number[], confidence: number): number {
  const count = values.length;
  const t = tQuantile(confidence, count - 1);
  if (count < FEWEST || count > MOST) return t;
  const share = Math.min(1, count / ALONE);
  return (1 - share) * t + share * bootstrapped(values, confidence, t);
}

/** Returns the critical value by the bootstrap, and `none` when all values are equal. */
function bootstrapped(values: readonly number[], confidence: number, none: number): number {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const centred = Float64Array.from(values, (value) => value - mean);
  // Sums of equal values differ by rounding, so a spread this small counts as none.
  const least = 1e-12 * centred.reduce((sum, value) => sum + value * value, 0);
  if (least === 0) return none;
  const stream = new Stream(1, "bootstrap");
  const statistics = new Float64Array(RESAMPLES);
  for (let sample = 0; sample < RESAMPLES; sample++)
    statistics[sample] = resampled(centred, stream, least);
  statistics.sort();
  return statistics[Math.ceil(confidence * (RESAMPLES + 1)) - 1] ?? Number.POSITIVE_INFINITY;
}

/** Returns the distance from 0 of the mean of a sample drawn from the values, in standard errors of that sample. */
function resampled(centred: Float64Array, stream: Stream, least: number): number {
  const count = centred.length;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const value = centred[stream.below(count)] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  const spread = squares - count * mean * mean;
  if (spread <= least) return Number.POSITIVE_INFINITY;
  return Math.abs(mean) / Math.sqrt(spread / (count - 1) / count);
}
