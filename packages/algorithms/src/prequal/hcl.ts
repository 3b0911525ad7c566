// Prequal's hot-cold lexicographic rule: a server is hot when its requests in flight are above the threshold. While
// any server is cold, take the cold one with the lowest latency. When all are hot, take the one with the fewest
// requests. The reverse of the rule names the worst: the hot server with the most requests, or else the slowest
// cold one.

/** Negative when `a` is the better choice, positive when `b` is, 0 when they are alike. */
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
