// Why a picker chose as it did, for logs, metrics and the laboratory. Each reason is a constant word, so giving it
// costs a pick nothing.

export type PickReason =
  /** The algorithm's first choice. */
  | "first-choice"
  /** Several servers were equally good; chance decided. */
  | "tie"
  /** The first choice was full, down or tried; the next server in the algorithm's own order was picked. */
  | "next"
  /** The server that the key belongs to was over its bounded load. */
  | "overflow"
  /** Prequal: the fastest of the servers that are not busy. */
  | "cold"
  /** Prequal: all servers are busy; the one with the fewest requests was picked. */
  | "hot"
  /** Too little is known (no reports, no probes, no key): the algorithm's fallback chose. */
  | "fallback"
  /** No untried server is usable. */
  | "none";
