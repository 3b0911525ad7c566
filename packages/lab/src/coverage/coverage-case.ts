// A case says where the intervals are tried: a scenario, two algorithms, and the quantities whose truth is known.
import type { Candidate, Metric } from "../scenarios/study.ts";
import type { Scenario } from "../sim/scenario.ts";

export interface CoverageCase {
  readonly name: string;
  /** What is run, in a few words. */
  readonly what: string;
  /**
   * Where the truth comes from. `formula`: the quantities have exact values. `long run`: the truth is the mean of all
   * runs of the case, which are at least fifty times as many as a trial has.
   */
  readonly truth: "formula" | "long run";
  readonly source?: string;
  readonly scenario: Scenario;
  readonly a: Candidate;
  readonly b: Candidate;
  /** Whether both algorithms get the same seeds, as `compare` gives them. Without pairs their traffic differs. */
  readonly paired: boolean;
  readonly quantities: readonly Quantity[];
}

export interface Quantity {
  readonly metric: Metric;
  /** The exact values of the metric with each algorithm, when the truth comes from a formula. */
  readonly exact?: { readonly a: number; readonly b: number };
}
