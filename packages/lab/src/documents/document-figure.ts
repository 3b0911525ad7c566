// A figure of docs/algorithms that no scenario of the pack has: what it is called on the command line, how many
// seeds it takes, and what it was made from, for the JSON beside it.
import type { Figure } from "../figures/figure.ts";

export interface Made {
  readonly figure: Figure;
  /** Scenarios and algorithms, or formulas; plain data. */
  readonly from: unknown;
}

export interface DocumentFigure {
  readonly name: string;
  /** 0: nothing is drawn by chance. */
  readonly seeds: number;
  readonly make: (seeds: readonly number[]) => Made;
}
