// The rules of the algorithms, written out as probabilities from their definitions, independently of the pickers.
import type { Rule } from "./parallel-queues.ts";

/** The least load per weight of all servers; a tie is broken at random in proportion to the weights. */
export function shortest(weights: readonly number[]): Rule {
  return (lengths) => {
    const loads = lengths.map((length, i) => length / (weights[i] ?? 1));
    const least = Math.min(...loads);
    const chances = loads.map((load, i) => (load === least ? (weights[i] ?? 1) : 0));
    const total = chances.reduce((sum, chance) => sum + chance, 0);
    return chances.map((chance) => chance / total);
  };
}

/** Two different servers drawn by weight; the one with less load per weight, at a tie the one drawn first. */
export function bestOfTwo(weights: readonly number[]): Rule {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (lengths) => {
    const loads = lengths.map((length, i) => length / (weights[i] ?? 1));
    const chances = lengths.map(() => 0);
    for (const [first, weight] of weights.entries())
      for (const [second, other] of weights.entries()) {
        if (first === second) continue;
        const drawn = (weight / total) * (other / (total - weight));
        const better = (loads[first] ?? 0) <= (loads[second] ?? 0) ? first : second;
        chances[better] = (chances[better] ?? 0) + drawn;
      }
    return chances;
  };
}

/** An idle server when there is one, else any server, all alike: join-idle-queue of one balancer. */
export const anyIdle: Rule = (lengths) => {
  const idle = lengths.filter((length) => length === 0).length;
  return lengths.map((length) => {
    if (idle === 0) return 1 / lengths.length;
    return length === 0 ? 1 / idle : 0;
  });
};
