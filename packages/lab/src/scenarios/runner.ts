// Does the runs of a study. `HERE` does them in the thread that asks; src/parallel has a runner that uses several. A
// run depends on nothing but its scenario, algorithm and seed, so it does not matter where it is done.
import type { Result } from "../sim/result.ts";
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import { type FoundWarmUp, findWarmUp } from "./found-warm-up.ts";
import { inTurn } from "./in-turn.ts";
import type { Candidate } from "./study.ts";

/** One run of a study. */
export interface Run {
  readonly scenario: Scenario;
  readonly candidate: Candidate;
  readonly seed: number;
  /** Whether the scenario may take very long or much memory. */
  readonly anySize: boolean;
}

export interface WarmUpSearch {
  readonly scenario: Scenario;
  readonly candidate: Candidate;
}

export interface Runner {
  simulate(run: Run): Promise<Result>;
  /** Finds the warm-up that one algorithm needs. */
  findWarmUp(search: WarmUpSearch): Promise<FoundWarmUp>;
}

export const simulateRun = ({ scenario, candidate, seed, anySize }: Run): Result =>
  simulate(scenario, { ...candidate, seed, anySize });

export const searchWarmUp = ({ scenario, candidate }: WarmUpSearch): FoundWarmUp =>
  findWarmUp(scenario, [candidate]);

const next = inTurn();

/** Does the runs in this thread, which is busy meanwhile. */
export const HERE: Runner = {
  simulate: (run) => next(() => simulateRun(run)),
  findWarmUp: (search) => next(() => searchWarmUp(search)),
};
