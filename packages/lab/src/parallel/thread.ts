// A thread of the pool: loads the user's own files, if there are any, and then does one task after the other.
import { parentPort, workerData } from "node:worker_threads";
import { loadOwnFiles, takeFaults } from "../cli/own-files.ts";
import { EXIT, UsageError } from "../cli/terminal.ts";
import { Watch } from "../own/watch.ts";
import { ScenarioError } from "../schema/check.ts";
import type { Scenario } from "../sim/scenario.ts";
import type { Failure, Reply, Request, ThreadStart } from "./messages.ts";
import { TASKS } from "./tasks.ts";

const reply = (message: Reply) => parentPort?.postMessage(message);

async function start({ owns, watch }: ThreadStart): Promise<void> {
  try {
    const loaded = await loadOwnFiles(owns, new Watch(watch));
    let scenario: Scenario | undefined;
    parentPort?.on("message", (request: Request) => {
      scenario = request.scenario ?? scenario;
      try {
        const perform = TASKS[request.task] as (given: object, owns: unknown) => unknown;
        const answer = perform({ ...request.given, ...(scenario && { scenario }) }, loaded);
        reply({ answer, faults: takeFaults() });
      } catch (error) {
        reply({ failure: failureOf(error) });
      }
    });
    reply({ ready: true });
  } catch (error) {
    reply({ failure: failureOf(error) });
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof ScenarioError) return { message: error.message, exitCode: EXIT.input };
  if (!(error instanceof Error)) return { message: String(error), exitCode: EXIT.failure };
  return { message: error.message, stack: error.stack, exitCode: EXIT.failure };
}

void start(workerData);
