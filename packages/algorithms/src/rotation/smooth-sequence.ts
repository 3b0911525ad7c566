// Smooth weighted round robin: weights {5,1,1} give a a b a c a a, never a a a a a b c. The rule is nginx's
// (ngx_http_upstream_round_robin.c, get_peer). At each pick every server's credit grows by its weight. The server with
// the most credit is chosen and pays the sum of all weights. With the weights reduced to the smallest whole numbers,
// the sequence repeats after Σw picks.
import { integerWeights } from "./integer-weights.ts";

/** Returns one period, as indices into `weights`. At equal credit the lower index is chosen. O(n · Σw). */
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
