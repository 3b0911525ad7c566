// Prequal's hot-cold lexicographic rule: a server is hot when its requests in flight (RIF) are
// above a threshold, and cold otherwise. If any server is cold, the best server is the cold server
// with the lowest latency. If all are hot, the best is the server with the fewest requests. The
// worst server is the hot server with the most requests or, if none is hot, the slowest cold
// server.

/**
 * Compares two servers by their requests in flight and latencies. Negative when `a` is the better
 * choice, positive when `b` is, 0 when they are equally good.
 */
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
