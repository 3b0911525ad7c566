// A figure of docs/algorithms that does not belong to a scenario: its name on the command line, the number of seeds,
// and the inputs, which are saved as JSON beside the figure.
import type { Figure } from "../figures/figure.ts";

export interface Made {
  readonly figure: Figure;
  /** The inputs as plain data: scenarios and algorithms, or formulas. */
  readonly from: unknown;
}

export interface DocumentFigure {
  readonly name: string;
  /** How many seeds the figure needs; 0 when it uses no random numbers. */
  readonly seeds: number;
  readonly make: (seeds: readonly number[]) => Made;
}
