// A figure of docs/algorithms that is not part of a scenario: its name on the command line, the number of seeds,
// and the inputs, which are saved as JSON beside it.
import type { Figure } from "../figures/figure.ts";

export interface Made {
  readonly figure: Figure;
  /** The inputs: scenarios and algorithms, or formulas; plain data. */
  readonly from: unknown;
}

export interface DocumentFigure {
  readonly name: string;
  /** 0: no random numbers are used. */
  readonly seeds: number;
  readonly make: (seeds: readonly number[]) => Made;
}
