// Writes comparisons for people: the verdict, how far one algorithm is from the other, and how sure that is.
import { plain, signed } from "../figures/numbers.ts";
import type { Metric } from "../scenarios/study.ts";
import { type Comparison, FEWEST_PAIRS } from "../stats/compare.ts";

/**
 * Describes a comparison, for example "lower by 12 % (better), −15 to −9 ms". A difference of two percentages is given
 * in percentage points. When the difference is not significant, the text says so.
 */
export function comparisonText(comparison: Comparison, { unit, better }: Metric): string {
  const { verdict, difference, relative, low, high, pairs } = comparison;
  if (pairs < FEWEST_PAIRS)
    return `${pairs} ${pairs === 1 ? "seed is" : "seeds are"} too few to tell`;
  if (verdict === "no significant difference") return verdictText(comparison);
  const good = better !== "neither" && (better === "lower") === (verdict === "lower");
  const mark = better === "neither" ? "" : good ? " (better)" : " (worse)";
  if (unit === "%")
    return `${verdict} by ${plain(Math.abs(difference))} points${mark}, ${signed(low, "")} to ${signed(high, "")}`;
  const share = Number.isFinite(relative) ? ` by ${plain(Math.abs(100 * relative))} %` : "";
  return `${verdict}${share}${mark}, ${signed(low, "")} to ${signed(high, unit)}`;
}

/**
 * Returns the verdict. Says also when all pairs are equal, which no test can judge, and when the difference is
 * significant only as long as the other comparisons are not counted.
 */
export function verdictText({ verdict, difference, low, high, ...rest }: Comparison): string {
  const { p, confidence, together } = rest;
  if (verdict !== "no significant difference") return verdict;
  if (difference === 0 && low === 0 && high === 0) return "equal in every pair";
  if (p < 1 - confidence) return `no significant difference among ${together}`;
  return verdict;
}

/** Returns "-15.0 to -9.00 ms", or "-" when there is no interval. */
export function intervalText({ low, high }: Comparison, unit: string): string {
  return Number.isFinite(low) ? `${signed(low, "")} to ${signed(high, unit)}` : "-";
}

/** Returns "-12 % (-15 to -9)", or "-" when the first algorithm's mean cannot be told from zero. */
export function relativeText({ relative, relativeLow, relativeHigh }: Comparison): string {
  if (!Number.isFinite(relativeLow)) return "-";
  const percent = (share: number) => signed(100 * share, "");
  return `${percent(relative)} % (${percent(relativeLow)} to ${percent(relativeHigh)})`;
}

/** Returns a p value with three decimals; "-" when there is none. */
export function chanceText(p: number): string {
  if (!Number.isFinite(p)) return "-";
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** Returns "±2 %" for .02. */
export const precisionText = (share: number): string =>
  `±${Number((100 * share).toPrecision(3))} %`;
