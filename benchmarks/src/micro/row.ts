// The cost of one algorithm with one number of servers.

export interface Row {
  readonly servers: number;
  /** How many nanoseconds `pick` takes for one request; the median over samples. */
  readonly pickNs: number;
  /** How many nanoseconds the picker takes for the feedback on one request: start, answer, end, reports, probes. */
  readonly feedbackNs: number;
  /** How many bytes of the heap a pick alone allocates. */
  readonly pickBytes: number;
  /** How many bytes of the heap a pick and its feedback allocate together. */
  readonly requestBytes: number;
}

export interface Cost {
  readonly name: string;
  readonly rows: readonly Row[];
}
