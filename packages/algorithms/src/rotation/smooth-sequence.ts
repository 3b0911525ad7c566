// Smooth weighted round robin: weights {5,1,1} give a a b a c a a, never a a a a a b c. The rule is
// nginx's (ngx_http_upstream_round_robin.c, get_peer). At each pick, the credit of every server
// grows by its weight. The server with the most credit is chosen, and its credit is reduced by the
// sum of all weights. When the weights are reduced to the smallest whole numbers, the sequence
// repeats after as many picks as their sum, Σw.
import { integerWeights } from "./integer-weights.ts";

/**
 * Returns one period of the sequence, as indices into `weights`. At equal credit the lower index is
 * chosen. Takes O(n · Σw) for n weights with the sum Σw.
 */
export function smoothSequence(weights: readonly number[]): number[] {
  const steps = integerWeights(weights);
  const total = steps.reduce((sum, step) => sum + step, 0);
  if (total === steps.length) return steps.map((_, index) => index);
  const credit = steps.map(() => 0);
  return Array.from({ length: total }, () => {
    let best = 0;
    for (let i = 0; i < steps.length; i++) {
      credit[i] = (credit[i] ?? 0) + (steps[i] ?? 0);
      if ((credit[i] ?? 0) > (credit[best] ?? 0)) best = i;
    }
    credit[best] = (credit[best] ?? 0) - total;
    return best;
  });
}
