// Computes b, how many picks may use one probe answer (Prequal §4, "reuse budget"). Prequal keeps the latest answers
// of n servers in a pool of m places. The share m/n of the probes only renews an answer in the pool, and each pick
// removes answers. With b uses per answer the pool stays full all the same.
//   b = max(1, (1 + δ) / ((1 - m/n) · probes per pick - removals per pick))

import type { Dice } from "../dice.ts";

export interface BudgetInput {
  /** m: the number of answers that the pool can hold. */
  readonly poolSize: number;
  /** n: the number of servers in the list. */
  readonly servers: number;
  readonly probesPerPick: number;
  readonly removalsPerPick: number;
  /** δ: how fast the pool is meant to grow, in answers per pick. */
  readonly netGrowth: number;
}

/**
 * Returns how many times an answer may be used, with fractions; infinite when the picks remove at least as many
 * answers from the pool as the probes add.
 */
export function reuseBudget(input: BudgetInput): number {
  const { poolSize, servers, probesPerPick, removalsPerPick, netGrowth } = input;
  const growth = (1 - poolSize / servers) * probesPerPick - removalsPerPick;
  return growth <= 0 ? Number.POSITIVE_INFINITY : Math.max(1, (1 + netGrowth) / growth);
}

/** Rounds down or up at random, so that the mean of the results is `value`. */
export function roundRandomly(value: number, dice: Dice): number {
  const whole = Math.floor(value);
  return value > whole && dice.chance(value - whole) ? whole + 1 : whole;
}
