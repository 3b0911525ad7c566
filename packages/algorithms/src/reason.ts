// Why a picker chose as it did, for logs, metrics and the laboratory's regime counters. One word each,
// assigned, never built: telling costs a pick nothing.

export type PickReason =
  /** The algorithm's first choice. */
  | "first-choice"
  /** Several were equally good; chance decided. */
  | "tie"
  /** The first choice was full, down or tried; the next in the algorithm's own order. */
  | "next"
  /** A hash's first choice was over its bounded load. */
  | "overflow"
  /** Prequal: the fastest of the servers that are not busy. */
  | "cold"
  /** Prequal: all are busy, the one with the fewest requests. */
  | "hot"
  /** Too little is known (no reports, no probes, no key): the algorithm's stand-in chose. */
  | "fallback"
  /** Nobody usable and untried. */
  | "none";
