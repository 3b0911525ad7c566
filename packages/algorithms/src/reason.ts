// Why a picker chose a server, for logs, metrics and the laboratory. Each reason is a constant word, so giving it costs
// a pick nothing.

export type PickReason =
  /** The algorithm's first choice. */
  | "first-choice"
  /** Several servers were equally good, so chance decided. */
  | "tie"
  /** The first choice was full, down or tried, so the next server in the algorithm's own order was picked. */
  | "next"
  /** The server that the key belongs to was over its bounded load. */
  | "overflow"
  /** Prequal: some servers are not busy. The fastest of them was picked. */
  | "cold"
  /** Prequal: all servers are busy. The server with the fewest requests was picked. */
  | "hot"
  /** Too little was known (no reports, no probes, no key), so the algorithm's fallback chose. */
  | "fallback"
  /** No untried server is usable. */
  | "none";
