// The latency below which a share of all requests stays. A request that fails, times out or is refused counts as slower
// than all others, so that an algorithm or a load does not gain by what it loses.
import type { Result } from "../sim/result.ts";

/** Returns the quantile, 0 to 1, in milliseconds; Infinity when more than the rest of the requests fail. */
export function quantileOfAll({ counts, histogram }: Result, quantile: number): number {
  const ended = endedOf(counts);
  if (ended === 0 || histogram.count === 0) return Number.NaN;
  const rank = (quantile * ended) / histogram.count;
  return rank > 1 ? Number.POSITIVE_INFINITY : histogram.quantile(rank);
}

/** Returns the share of the requests that took longer than `ms` or failed. */
export function shareBeyond({ counts, histogram }: Result, ms: number): number {
  const ended = endedOf(counts);
  if (ended === 0) return Number.NaN;
  const above = histogram.count === 0 ? 0 : histogram.shareAbove(ms) * histogram.count;
  return (above + ended - histogram.count) / ended;
}

const endedOf = ({ ok, failed, timeout, rejected, unanswered }: Result["counts"]) =>
  ok + failed + timeout + rejected + unanswered;
