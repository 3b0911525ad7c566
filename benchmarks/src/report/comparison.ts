// How Tandem's cost compares with a peer's.
import { type Figure, pairedRatio } from "../run/pairs.ts";
import type { Measured } from "../run/result.ts";
import type { WorkloadReport } from "../run/run-workload.ts";

/** Our cost ÷ that of `row`, CPU per request or memory of an idle connection; NaN without a common round. */
export function ratioTo(row: Measured, { measured, workload }: WorkloadReport): number {
  const cost: Figure = workload.kind === "idle" ? "rssBytes" : "cpuMicrosecondsPerRequest";
  const ours = measured.find(({ result }) => result.peer === "tandem");
  return pairedRatio(ours?.rounds ?? [], row.rounds, cost)?.median ?? Number.NaN;
}
