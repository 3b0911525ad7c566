// How often one probe answer may be used (Prequal §4, "reuse budget"): so often that the pool keeps its size
// although m of n servers are in it already and answers are removed.
//   b = max(1, (1 + δ) / ((1 - m/n) · probes per pick - removals per pick))

import type { Dice } from "../dice.ts";

export interface BudgetInput {
  /** m: places in the pool. */
  readonly poolSize: number;
  /** n */
  readonly servers: number;
  readonly probesPerPick: number;
  readonly removalsPerPick: number;
  /** δ */
  readonly netGrowth: number;
}

/** Uses per answer, with fractions; infinite when the probes alone cannot keep the pool filled. */
export function reuseBudget(input: BudgetInput): number {
  const { poolSize, servers, probesPerPick, removalsPerPick, netGrowth } = input;
  const growth = (1 - poolSize / servers) * probesPerPick - removalsPerPick;
  return growth <= 0 ? Number.POSITIVE_INFINITY : Math.max(1, (1 + netGrowth) / growth);
}

/** Down or up, so that the mean is `value`. */
export function roundRandomly(value: number, dice: Dice): number {
  const whole = Math.floor(value);
  return value > whole && dice.chance(value - whole) ? whole + 1 : whole;
}
