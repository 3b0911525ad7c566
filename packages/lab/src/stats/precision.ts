// How many seeds an interval needs to become as narrow as wanted. The spread between seeds is known only from those that
// ran, so the answer is an estimate. After ten seeds it is often a third too high or too low; the more seeds, the better.
import { tQuantile } from "./student.ts";

/** Student's t hardly changes beyond this number of seeds. */
const MOST_DEGREES = 1_000;

/** How far an interval reaches to each side, and from how many seeds it was made. */
export interface Reached {
  readonly reach: number;
  readonly count: number;
}

/**
 * Returns how many seeds are needed for an interval that reaches `wanted` to each side, when `count` seeds gave one that
 * reaches `reach`. NaN when there was no interval, Infinity when nothing is narrow enough for `wanted` (0).
 */
export function seedsFor(wanted: number, { reach, count }: Reached, confidence = 0.95): number {
  if (!Number.isFinite(reach) || count < 2 || Number.isNaN(wanted)) return Number.NaN;
  if (reach === 0) return 2;
  if (wanted <= 0) return Number.POSITIVE_INFINITY;
  const t = (seeds: number) => tQuantile(confidence, Math.min(MOST_DEGREES, seeds - 1));
  const deviation = (reach / t(count)) * Math.sqrt(count);
  const enough = (seeds: number) => t(seeds) * deviation <= wanted * Math.sqrt(seeds);
  let high = 2;
  while (!enough(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Returns how many seeds there should be after the next round: as many as there are when the interval is narrow enough, or
 * when there is none. Otherwise as many as are needed, but at most four times as many, because what is needed is known
 * better after each round, and never more than `most`.
 */
export function nextCount(wanted: number, reached: Reached, most: number): number {
  const { reach, count } = reached;
  const needed = seedsFor(wanted, reached);
  if (reach <= wanted || Number.isNaN(needed)) return count;
  return Math.max(count, Math.min(most, Math.max(count + 1, Math.min(needed, 4 * count))));
}
