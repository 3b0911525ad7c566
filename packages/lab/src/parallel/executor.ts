// Does tasks: in the thread that asks, or in a pool of threads. The answers are the same, because a task depends on
// nothing but what it is given.
import { HERE, type Runner } from "../scenarios/runner.ts";
import type { Answer, Given, TaskName } from "./tasks.ts";
import { unpacked } from "./wire.ts";

export interface Executor {
  /** Tasks begin in the order in which they were asked for, and may end in any order. */
  run<K extends TaskName>(task: K, given: Given<K>): Promise<Answer<K>>;
}

/** Makes a runner of studies of the executor; of none, the runner that uses this thread. */
export function runnerOf(executor: Executor | undefined): Runner {
  if (executor === undefined) return HERE;
  return {
    simulate: async (run) => unpacked(await executor.run("simulate", run)),
    findWarmUp: (search) => executor.run("warmUp", search),
  };
}
