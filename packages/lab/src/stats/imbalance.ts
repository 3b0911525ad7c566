// How unevenly the servers are loaded at one moment, by three common measures.

export interface Imbalance {
  /** The fullest over the average; 1 = even. */
  readonly maxOverMean: number;
  /** Standard deviation over mean; 0 = even. */
  readonly cv: number;
  /** Jain's index (1984): (Σx)² / (n Σx²); 1 = even, 1/n = all on one. */
  readonly jain: number;
}

/** Undefined when no server is loaded. */
export function imbalanceOf(loads: ArrayLike<number>): Imbalance | undefined {
  let sum = 0;
  let squares = 0;
  let max = 0;
  for (let i = 0; i < loads.length; i++) {
    const load = loads[i] as number;
    sum += load;
    squares += load * load;
    if (load > max) max = load;
  }
  if (sum === 0) return undefined;
  const mean = sum / loads.length;
  return {
    maxOverMean: max / mean,
    cv: Math.sqrt(Math.max(0, squares / loads.length - mean * mean)) / mean,
    jain: (sum * sum) / (loads.length * squares),
  };
}
