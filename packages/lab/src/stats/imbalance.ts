// Measures how unevenly the servers are loaded at one moment, in three common ways.

export interface Imbalance {
  /** The load of the fullest server divided by the mean load; 1 = even. */
  readonly maxOverMean: number;
  /** The standard deviation of the loads divided by their mean; 0 = even. */
  readonly cv: number;
  /** Jain's index (1984): (Σx)² / (n Σx²); 1 = even, 1/n = all load on one server. */
  readonly jain: number;
}

/** Returns the imbalance; undefined when no server is loaded. */
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
