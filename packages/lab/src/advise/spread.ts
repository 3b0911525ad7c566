// How far single runs lie apart. The mean over many runs has a narrow interval; one minute of a real site is one run.
import { estimateOfSeeds } from "../scenarios/run-study.ts";
import { tQuantile } from "../stats/student.ts";

export interface Spread {
  readonly mean: number;
  /** The interval that holds the mean in 95 of 100 such experiments. */
  readonly low: number;
  readonly high: number;
  /** Where one further run of the same length lies, in 19 of 20 cases. */
  readonly oneLow: number;
  readonly oneHigh: number;
}

/**
 * Returns the mean over the runs and its interval, and where one further run lies: the prediction interval of Student's t
 * (Hahn and Meeker 1991, §4.7), of the logarithms where all values are above 0, because latencies are skewed. Infinite
 * values, of runs in which too many requests failed, make the mean infinite. Where few and skewed values make the
 * mean's interval the wider one, it counts for a further run too, which cannot be known better than the mean.
 */
export function spreadOf(values: readonly number[]): Spread {
  if (values.some((value) => value === Number.POSITIVE_INFINITY)) {
    const least = Math.min(...values);
    const endless = Number.POSITIVE_INFINITY;
    return { mean: endless, low: endless, high: endless, oneLow: least, oneHigh: endless };
  }
  const { mean, low, high } = estimateOfSeeds(values);
  const positive = values.every((value) => value > 0);
  const [to, from] = positive ? [Math.log, Math.exp] : [(x: number) => x, (x: number) => x];
  const [oneLow = Number.NaN, oneHigh = Number.NaN] = oneMore(values.map(to)).map(from);
  const least = positive ? Math.max(0, low) : low;
  return {
    ...{ mean, low: least, high },
    ...{ oneLow: Math.min(oneLow, least), oneHigh: Math.max(oneHigh, high) },
  };
}

function oneMore(values: readonly number[]): readonly [number, number] {
  const count = values.length;
  if (count < 2) return [Number.NaN, Number.NaN];
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const reach = tQuantile(0.95, count - 1) * Math.sqrt(variance * (1 + 1 / count));
  return [mean - reach, mean + reach];
}
