// Prequal's hot-cold lexicographic rule: a server is hot above the threshold of requests in flight. While any
// is cold, the fastest of the cold; when all are hot, the one with the fewest requests. Its reverse names the
// worst: the fullest hot one, or else the slowest.

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
