// What one algorithm costs with one number of servers.

export interface Row {
  readonly servers: number;
  /** `pick` of one request; the median over samples. */
  readonly pickNs: number;
  /** `started`, `firstByte`, `ended`, the reports and probes of one request. */
  readonly feedbackNs: number;
  /** Of the heap, by a pick alone. */
  readonly pickBytes: number;
  /** By a pick and its feedback together. */
  readonly requestBytes: number;
}

export interface Cost {
  readonly name: string;
  readonly rows: readonly Row[];
}
