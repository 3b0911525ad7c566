// What a log says of the arrivals: how many in its busiest quarter of an hour, and whether they come as evenly as by chance.
import { around, type Ranged } from "./ranged.ts";

/** Sites are built for their busy hours; a mean over nights says nothing about them. */
const WINDOW_MS = 900_000;
/** More requests than this add nothing but time. */
const MOST_REQUESTS = 100_000;
/** Bins of so many requests on average. */
const PER_BIN = 10;

export interface Rhythm {
  readonly rate: Ranged;
  /** The variance of the counts divided by their mean; 1 by chance (Poisson). NaN when too few requests tell. */
  readonly dispersion: number;
  /** Whether requests come in bursts, beyond what chance does. */
  readonly bursty: boolean;
}

/** Returns the requests of the busiest quarter of an hour, or all of a shorter log. They are in order of arrival. */
export function busiest<R extends { readonly arrivedMs: number }>(
  requests: readonly R[],
): readonly R[] {
  const at = (i: number) => requests[i]?.arrivedMs ?? 0;
  const last = requests.length - 1;
  let [from, to] = [0, last];
  if (at(last) - at(0) > WINDOW_MS) {
    let most = 0;
    let end = 0;
    for (let start = 0; start <= last; start++) {
      while (end < last && at(end + 1) - at(start) <= WINDOW_MS) end++;
      if (end - start + 1 <= most) continue;
      most = end - start + 1;
      [from, to] = [start, end];
    }
  }
  return requests.slice(from, Math.min(to + 1, from + MOST_REQUESTS));
}

/** `timesMs` are in order, at least two of them at different times. */
export function rhythmOf(timesMs: readonly number[]): Rhythm {
  const first = timesMs[0] ?? 0;
  const spanMs = Math.max(1, (timesMs.at(-1) ?? 0) - first);
  const value = ((timesMs.length - 1) * 1000) / spanMs;
  const binMs = Math.max(1000, (PER_BIN * 1000) / value);
  const bins = Math.floor(spanMs / binMs);
  if (bins < 10)
    return {
      rate: around(value, value / Math.sqrt(timesMs.length)),
      dispersion: Number.NaN,
      bursty: false,
    };
  const counts = new Array<number>(bins).fill(0);
  for (const time of timesMs) {
    const bin = Math.floor((time - first) / binMs);
    if (bin < bins) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / bins;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (bins - 1);
  const dispersion = variance / mean;
  // By chance the dispersion is 1 with this standard deviation (chi-squared with bins − 1 degrees of freedom).
  const chance = Math.sqrt(2 / (bins - 1));
  const error = value * Math.sqrt(Math.max(1, dispersion) / timesMs.length);
  return {
    rate: around(value, error),
    dispersion,
    bursty: dispersion > Math.max(1.3, 1 + 4 * chance),
  };
}
