// Compares Tandem's cost with a peer's.
import { type Figure, pairedRatio } from "../run/pairs.ts";
import type { Measured } from "../run/result.ts";
import type { WorkloadReport } from "../run/run-workload.ts";
import type { Estimate } from "../run/statistics.ts";

/** Returns Tandem's cost ÷ the cost of `row`: CPU per request, or memory of an idle connection. */
export function costRatio(row: Measured, report: WorkloadReport): Estimate | undefined {
  const cost: Figure = report.workload.kind === "idle" ? "rssBytes" : "cpuMicrosecondsPerRequest";
  const ours = report.measured.find(({ result }) => result.peer === "tandem");
  return pairedRatio(ours?.rounds ?? [], row.rounds, cost);
}
