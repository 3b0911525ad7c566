// How many seeds an interval needs to become as narrow as wanted. The spread between seeds is known from those that ran,
// so the answer is an estimate: a tenth more or less is usual after ten seeds (Law 2015, §9.4.1).
import { tQuantile } from "./student.ts";

/** Student's t hardly changes beyond this number of seeds. */
const MOST_DEGREES = 1_000;

/**
 * Returns how many seeds are needed for an interval that reaches `wanted` to each side, when `count` seeds gave one that
 * reaches `reach`. NaN when there was no interval, Infinity when nothing is narrow enough for `wanted` (0).
 */
export function seedsFor(
  wanted: number,
  { reach, count }: { readonly reach: number; readonly count: number },
  confidence = 0.95,
): number {
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
