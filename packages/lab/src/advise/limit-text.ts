// Reads a limit as people write it: 'p99 < 250ms'.
import type { Limit } from "./runs.ts";
import { preciseMs } from "./service-text.ts";

/** Returns the limit. Throws a RangeError for a text that is none. */
export function readLimit(text: string): Limit {
  const [, percent, time = ""] = /^\s*p(\d\d(?:\.\d)?)\s*<?=?\s*(\S+)\s*$/i.exec(text) ?? [];
  const quantile = Number((Number(percent) / 100).toPrecision(6));
  const ms = preciseMs(time);
  if (!(quantile >= 0.5 && quantile <= 0.999 && ms > 0 && ms < 1e9))
    throw new RangeError(
      `found '${text}', expected a percentile from p50 to p99.9 and a time, such as 'p99 < 250ms'`,
    );
  return { quantile, ms };
}

/** Returns "p99" for a quantile of .99. */
export const quantileName = (quantile: number): string =>
  `p${Number((100 * quantile).toPrecision(4))}`;
