// Writes the report for the terminal: one table for each workload, 100 columns at most.
import { busyWarning } from "../machine.ts";
import type { WorkloadReport } from "../run/run-workload.ts";
import { BARS_HEAD, barLines } from "./bars.ts";
import { COLUMNS, columnHead } from "./columns.ts";
import { failureWords, planWords } from "./plan-words.ts";
import type { Report } from "./report.ts";

/** Returns the table of one workload, line by line. */
function workloadTable(report: WorkloadReport): readonly string[] {
  const { workload, measured, failed } = report;
  const nameWidth = Math.max(16, ...measured.map(({ result }) => result.peer.length));
  const heads = COLUMNS.map((column) => columnHead(column, report).padStart(column.width));
  return [
    `${workload.name}: ${workload.title}`,
    planWords(report),
    `${"peer".padEnd(nameWidth)}${heads.join("")}`,
    ...measured.map((row) => {
      const cells = COLUMNS.map(({ cell, width }) => cell(row, report).padStart(width));
      return `${row.result.peer.padEnd(nameWidth)}${cells.join("")}`;
    }),
    ...failed.map(failureWords),
    "",
  ];
}

/** Returns the whole report, line by line. */
export function table(report: Report): readonly string[] {
  const { machine } = report;
  const bars = barLines(report);
  const warning = busyWarning(machine);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.kernel}, Node ${machine.node}`,
    machine.pinning,
    `${machine.mode} load; load average before: ${machine.loadAverage}`,
    ...(warning === undefined ? [] : [warning]),
    "",
    ...report.workloads.flatMap(workloadTable),
    "Figures are medians over the rounds. us/peer: Tandem's CPU per request (idle: memory) ÷ the peer's,",
    "of the two in the same round. spread: distance of the quartiles ÷ median of that figure. core: share",
    "of a core the proxy used; well below 100%, its client was the limit and req/s says nothing about it.",
    ...(bars.length === 0 ? [] : ["", BARS_HEAD, ...bars]),
  ];
}
