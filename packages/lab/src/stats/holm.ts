// Corrects p values for many comparisons (Holm 1979). Of twenty comparisons of equal algorithms one is "significant" at
// 5 % by chance. After the correction the chance that any of them is called different stays below 5 %, however the
// comparisons depend on each other. No comparison loses more than it would by Bonferroni's division.

/**
 * Returns the corrected p values in the order of the given ones: the smallest is multiplied by their number, the next by
 * one less, and so on; none is smaller than the one before it. NaN stands for a comparison that was not possible. It
 * stays NaN and does not count.
 */
export function holm(values: readonly number[]): number[] {
  const order = [...values.keys()]
    .filter((index) => !Number.isNaN(values[index]))
    .sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0));
  const corrected = values.map(() => Number.NaN);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (values[index] ?? 1) * (order.length - rank)));
    corrected[index] = largest;
  }
  return corrected;
}
