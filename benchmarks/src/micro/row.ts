// What one algorithm costs with one number of servers.

export interface Row {
  readonly servers: number;
  /** `pick` and `started` of one request; the median over batches. */
  readonly pickNs: number;
  /** `firstByte`, `ended`, the reports and probes of one request. */
  readonly feedbackNs: number;
  /** Of the heap, by a pick and its feedback together. */
  readonly allocatedBytes: number;
}

export interface Cost {
  readonly name: string;
  readonly rows: readonly Row[];
}
