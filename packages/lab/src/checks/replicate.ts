// Independent runs of one scenario. Every figure of a run, a quantile or a share too, then has a mean and an error over
// the runs, without a theory of how the requests of one run depend on each other.
import type { Result } from "../sim/result.ts";
import type { Scenario } from "../sim/scenario.ts";
import { type SimulationOptions, simulate } from "../sim/simulation.ts";
import { type Estimate, estimate } from "../stats/estimate.ts";
import { type QueueOptions, queues } from "./queues.ts";

/** How many runs there are. With 20, Student's quantile is only a tenth above the normal one. */
const RUNS = 20;

type How = Omit<SimulationOptions, "seed" | "tap">;

/** Runs the scenario with the seeds 1 to RUNS, and returns what `read` finds in each run. */
export function runsOf<T>(scenario: Scenario, how: How, read: (result: Result) => T): T[] {
  return Array.from({ length: RUNS }, (_, run) =>
    read(simulate(scenario, { ...how, seed: run + 1 })),
  );
}

/** As `runsOf`, for a scenario of queues.ts, whose `requests` are divided among the runs. */
export function replicate<T>(
  options: QueueOptions,
  how: How,
  read: (result: Result) => T,
): readonly T[] {
  return runsOf(queues({ ...options, requests: options.requests / RUNS }), how, read);
}

/** Returns the estimate of one figure over the runs. */
export function over<T>(runs: readonly T[], figure: (run: T) => number): Estimate {
  return estimate(runs.map(figure));
}

/** Returns the estimate of the mean time in the system. */
export function meanTimeOf(options: QueueOptions, how: How): Estimate {
  return estimate(replicate(options, how, (result) => result.latency.mean));
}
