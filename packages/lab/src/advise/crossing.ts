// Finds the rate at which a latency crosses its limit. Each seed is searched for itself, and at every rate a seed brings
// the same requests, only closer together (common random numbers), so the latency of a seed hardly ever falls when the
// rate rises. The rates of the seeds then give a mean and its interval.
import { type Spread, spreadOf } from "./spread.ts";

export type Crossing =
  /** Up to this rate the latency stays below its limit. */
  | { readonly kind: "at"; readonly rate: Spread; readonly rates: readonly number[] }
  /** Even next to no load is too much: the latency, in milliseconds, of servers that are nearly idle. */
  | { readonly kind: "never"; readonly idleMs: number }
  /** The limit holds up to the capacity, where every queue grows without end. */
  | { readonly kind: "always"; readonly capacity: number };

export interface Search {
  /** The rate at which the servers can just do all work. */
  readonly capacity: number;
  readonly limitMs: number;
  /** Where to look first: the nearer, the fewer runs. */
  readonly guess: number;
  readonly seeds: readonly number[];
}

/** Rates are searched between these shares of the capacity. */
const LEAST = 0.02;
const MOST = 0.995;
/** The search ends when the two rates around the crossing differ by no more than this share. */
const CLOSE = 0.02;
const STRIDE = 1.2;

/**
 * Finds the crossing. `latencyAt` gives the latency of a run; it is called some ten times for each seed. The first seed
 * shows where to look with the others, which are searched at once.
 */
export async function findCrossing(
  { capacity, limitMs, guess, seeds }: Search,
  latencyAt: (rate: number, seed: number) => Promise<number>,
): Promise<Crossing> {
  const [least, most] = [LEAST * capacity, MOST * capacity];
  const [first = 1, ...others] = seeds;
  const idleMs = await latencyAt(least, first);
  if (!(idleMs < limitMs)) return { kind: "never", idleMs };
  const search = async (seed: number, start: number) => {
    const holds = async (rate: number) => (await latencyAt(rate, seed)) < limitMs;
    return bisected(await bracket(start, least, most, holds), holds);
  };
  const found = await search(first, Math.min(most, Math.max(least, guess)));
  const rates = [found, ...(await Promise.all(others.map((seed) => search(seed, found))))];
  if (rates.every((rate) => rate >= most)) return { kind: "always", capacity };
  return { kind: "at", rate: spreadOf(rates), rates };
}

type Holds = (rate: number) => Promise<boolean>;

/** Returns a rate at which the limit holds and one at which it does not; the same one twice at an end of the range. */
async function bracket(
  start: number,
  least: number,
  most: number,
  holds: Holds,
): Promise<[number, number]> {
  if (await holds(start)) {
    let low = start;
    while (low < most) {
      const next = Math.min(most, low * STRIDE);
      if (!(await holds(next))) return [low, next];
      low = next;
    }
    return [most, most];
  }
  let high = start;
  while (high > least) {
    const next = Math.max(least, high / STRIDE);
    if (await holds(next)) return [next, high];
    high = next;
  }
  return [least, least];
}

async function bisected([from, to]: readonly [number, number], holds: Holds): Promise<number> {
  let [low, high] = [from, to];
  while (high / low - 1 > CLOSE) {
    const middle = Math.sqrt(low * high);
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}
