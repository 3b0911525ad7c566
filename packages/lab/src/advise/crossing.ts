// Finds the rate at which a latency crosses its limit. Each seed is searched for itself, and at every rate a seed brings
// the same requests, only closer together (common random numbers), so the latency of a seed hardly ever falls when the
// rate rises. The rates of the seeds then give a mean and its interval.
import { type Spread, spreadOf } from "./spread.ts";

export type Crossing =
  /** Up to this rate the latency stays below its limit. */
  | { readonly kind: "at"; readonly rate: Spread; readonly rates: readonly number[] }
  /** Even next to no load is too much: the latency, in milliseconds, of servers that are nearly idle. */
  | { readonly kind: "never"; readonly idleMs: number }
  /** The limit holds at least up to this rate: with one seed or more it holds as far as a run can tell. */
  | { readonly kind: "at least"; readonly rate: number };

export interface Search {
  /** The rate at which the servers can just do all work. */
  readonly capacity: number;
  /** The highest rate that a run can tell of, below the capacity. */
  readonly most: number;
  readonly limitMs: number;
  /** Where to look first: the nearer, the fewer runs. */
  readonly guess: number;
  readonly seeds: readonly number[];
}

/** Rates are searched from this share of the capacity on. */
const LEAST = 0.02;
/** The search ends when the two rates around the crossing differ by no more than this share of the rate, */
const CLOSE = 0.02;
/** and this share of what is left up to the capacity, in inverse proportion to which latencies grow there. */
const CLOSE_TO_CAPACITY = 0.15;
const STRIDE = 1.2;
/** The other seeds cross near the first one. */
const SHORT_STRIDE = 1.05;

/**
 * Finds the crossing. `latencyAt` gives the latency of a run; it is called some ten times for each seed. The first seed
 * shows where to look with the others, which are searched at once.
 */
export async function findCrossing(
  { capacity, most, limitMs, guess, seeds }: Search,
  latencyAt: (rate: number, seed: number) => Promise<number>,
): Promise<Crossing> {
  const least = Math.min(most, LEAST * capacity);
  const [first = 1, ...others] = seeds;
  const idleMs = await latencyAt(least, first);
  if (!(idleMs < limitMs)) return { kind: "never", idleMs };
  const search = async (seed: number, start: number, stride: number) => {
    const at = async (rate: number): Promise<Point> => ({ rate, ms: await latencyAt(rate, seed) });
    const range = { start, least, most, capacity, stride, limitMs };
    return bisected(await bracket(range, at), range, at);
  };
  const found = await search(first, Math.min(most, Math.max(least, guess)), STRIDE);
  const near = others.map((seed) => search(seed, found, SHORT_STRIDE));
  const rates = [found, ...(await Promise.all(near))];
  const rate = spreadOf(rates);
  // Where no run can tell, the rate of a seed is a lower bound, and the low end of the interval is one of the mean.
  if (rates.some((one) => one >= most))
    return { kind: "at least", rate: Number.isFinite(rate.low) ? rate.low : Math.min(...rates) };
  const below = (value: number) => Math.min(value, capacity);
  return {
    kind: "at",
    rate: { ...rate, high: below(rate.high), oneHigh: below(rate.oneHigh) },
    rates,
  };
}

interface Point {
  readonly rate: number;
  readonly ms: number;
}

type At = (rate: number) => Promise<Point>;

interface Range {
  readonly start: number;
  readonly least: number;
  readonly most: number;
  readonly capacity: number;
  readonly stride: number;
  readonly limitMs: number;
}

/** Returns a rate at which the limit holds and one at which it does not; the same one twice at an end of the range. */
async function bracket(
  { start, least, most, capacity, stride, limitMs }: Range,
  at: At,
): Promise<[Point, Point]> {
  let here = await at(start);
  if (here.ms < limitMs) {
    while (here.rate < most) {
      // Runs near the capacity are long, so the last of the way to it has more steps.
      const step = Math.min(most, here.rate * stride, here.rate + (capacity - here.rate) / 3);
      const next = await at(step);
      if (!(next.ms < limitMs)) return [here, next];
      here = next;
    }
    return [here, here];
  }
  while (here.rate > least) {
    const next = await at(Math.max(least, here.rate / stride));
    if (next.ms < limitMs) return [next, here];
    here = next;
  }
  return [here, here];
}

async function bisected(
  [from, to]: readonly [Point, Point],
  { capacity, limitMs }: Range,
  at: At,
): Promise<number> {
  let [low, high] = [from, to];
  const closeness = ({ rate }: Point) =>
    Math.min(CLOSE * rate, CLOSE_TO_CAPACITY * (capacity - rate));
  while (high.rate - low.rate > closeness(low)) {
    const middle = await at(Math.sqrt(low.rate * high.rate));
    if (middle.ms < limitMs) low = middle;
    else high = middle;
  }
  return between(low, high, limitMs);
}

/**
 * Returns where the latency crosses its limit between two rates, by its logarithm. The middle would be the same one for
 * many seeds, and its error, which they share, not in their interval.
 */
function between(low: Point, high: Point, limitMs: number): number {
  const share = Math.log(limitMs / low.ms) / Math.log(high.ms / low.ms);
  const known = Number.isFinite(high.ms) && share >= 0 && share <= 1;
  return low.rate + (high.rate - low.rate) * (known ? share : 0.5);
}
