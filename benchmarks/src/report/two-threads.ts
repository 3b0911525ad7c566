// Reports the gain of a second data thread, if the machine has enough cores to show it.
import { CORES_FOR_TWO_THREADS } from "../process/affinity.ts";
import { pairedRatio } from "../run/pairs.ts";
import type { WorkloadReport } from "../run/run-workload.ts";
import { estimateWords, figure, percent } from "./format.ts";

/** Two threads should carry at least this many times as many requests as one thread. */
const AT_LEAST = 1.6;
/** How many cores must be busy for the result to count. Below this, the threads waited for their client. */
const ALL_BUSY = 1.8;

/** Returns the report's lines on the gain of a second thread, on a machine with `cores` cores; none if unmeasured. */
export function twoThreadsBar(report: WorkloadReport, cores: number): readonly string[] {
  if (report.workload.twoThreads !== true) return [];
  const find = (peer: string) => report.measured.find(({ result }) => result.peer === peer);
  const [one, two] = [find("tandem"), find("tandem-2-threads")];
  if (one === undefined || two === undefined) return [];
  const carried = pairedRatio(two.rounds, one.rounds, "requestsPerSecond");
  const cost = pairedRatio(two.rounds, one.rounds, "cpuMicrosecondsPerRequest");
  if (carried === undefined || cost === undefined) return [];
  const { name } = report.workload;
  const here = cores === 1 ? "here is 1" : `here are ${cores}`;
  if (cores < CORES_FOR_TWO_THREADS)
    return [
      `  --      ${name}: requests/s not measured: that needs ${CORES_FOR_TWO_THREADS} cores, ${here}`,
      `  --      ${name}: CPU per request ${estimateWords(cost, " × one thread's")} (near 1: no hindrance)`,
    ];
  const words = `${name}: requests/s ${estimateWords(carried, " × one thread's")}`;
  const bar = `${words} (at least ${figure(AT_LEAST)})`;
  if (carried.median >= AT_LEAST) return [`  met     ${bar}`];
  return two.busy >= ALL_BUSY
    ? [`  MISSED  ${bar}`]
    : [`  --      ${words}: no verdict, ${percent(two.busy)} of 200% used`];
}
