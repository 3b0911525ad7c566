// Prequal's hot-cold lexicographic rule: a server is hot when its requests in flight are above the threshold. While any
// server is cold, take the cold server with the lowest latency. When all are hot, take the server with the fewest
// requests. Read in reverse, the rule gives the worst server: the hot server with the most requests, or else the
// slowest cold server.

/** Compares two servers. Negative when `a` is the better choice, positive when `b` is, 0 when they are equally good. */
export function compareHcl(
  aRif: number,
  aLatencyMs: number,
  bRif: number,
  bLatencyMs: number,
  threshold: number,
): number {
  if (aRif > threshold) return bRif > threshold ? aRif - bRif : 1;
  if (bRif > threshold) return -1;
  return aLatencyMs - bLatencyMs || aRif - bRif;
}
