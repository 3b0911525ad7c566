// Finds how much of the beginning of a run has to be left out, because the run starts with empty servers: MSER-5 (White,
// An effective truncation heuristic for bias reduction in simulation output, Simulation 69(6), 1997). The rule cuts where
// the mean of the rest is known best: a longer cut leaves fewer values, a shorter one leaves values that differ from the
// rest.

/** Values are joined to means of so many before the rule sees them. That is the 5 of MSER-5. */
export const BATCH = 5;

export interface Truncation {
  /** How many batches to leave out. */
  readonly cut: number;
  /**
   * Whether the cut is to be believed. When it would be at the middle of the values, where the search ends, the run is
   * too short to tell the beginning from the rest, or it never settles.
   */
  readonly settled: boolean;
}

/** There have to be at least so many batches for the rule to mean anything. */
const FEWEST = 20;

/**
 * Returns the cut for means of batches, in the order of time. Only cuts up to the middle are tried: near the end the rule
 * finds small variances by chance.
 */
export function mser(batches: ArrayLike<number>): Truncation {
  const count = batches.length;
  if (count < FEWEST) return { cut: 0, settled: false };
  const latest = Math.floor(count / 2);
  let [sum, squares] = [0, 0];
  let [cut, least] = [0, Number.POSITIVE_INFINITY];
  // From the end, so that each step adds one value. A middle near the values keeps the squares free of cancellation.
  const middle = batches[count - 1] ?? 0;
  for (let from = count - 1; from >= 0; from--) {
    const value = (batches[from] ?? 0) - middle;
    sum += value;
    squares += value * value;
    if (from > latest) continue;
    const rest = count - from;
    const statistic = (squares - (sum * sum) / rest) / rest ** 2;
    if (statistic <= least) [cut, least] = [from, statistic];
  }
  return { cut, settled: cut < latest };
}
