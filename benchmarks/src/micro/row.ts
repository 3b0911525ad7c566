// What one algorithm costs with one number of servers.

export interface Row {
  readonly servers: number;
  /** Nanoseconds of `pick` for one request; the median over samples. */
  readonly pickNs: number;
  /** Nanoseconds of `started`, `firstByte`, `ended`, and the reports and probes of one request. */
  readonly feedbackNs: number;
  /** Bytes of the heap that a pick alone allocates. */
  readonly pickBytes: number;
  /** Bytes of the heap that a pick and its feedback allocate together. */
  readonly requestBytes: number;
}

export interface Cost {
  readonly name: string;
  readonly rows: readonly Row[];
}
