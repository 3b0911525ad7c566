// Why a picker chose a server, for logs, metrics and the laboratory. Each reason is a constant
// string, so a pick allocates nothing to give its reason.

export type PickReason =
  /** The algorithm's first choice. */
  | "first-choice"
  /** Several servers were equally good, so chance decided. */
  | "tie"
  /** The first choice was full, down or tried, so the next server in the algorithm's own order was picked. */
  | "next"
  /** The server to which the request's key hashes had reached the limit of its load, so another server was picked. */
  | "overflow"
  /**
   * Prequal: some servers are cold, that is not busy. The cold server with the lowest latency was
   * picked.
   */
  | "cold"
  /** Prequal: all servers are hot, that is busy. The server with the fewest requests was picked. */
  | "hot"
  /** Too little was known (no reports, no probes, no key), so the algorithm's fallback chose. */
  | "fallback"
  /** No untried server is usable. */
  | "none";
