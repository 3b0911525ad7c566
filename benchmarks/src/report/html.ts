// Writes the report as one HTML page that loads no other file: tables, and plots as SVG.
import { busyWarning } from "../machine.ts";
import type { WorkloadReport } from "../run/run-workload.ts";
import { BARS_HEAD, barLines } from "./bars.ts";
import { COLUMNS, columnHead } from "./columns.ts";
import { failureWords, planWords } from "./plan-words.ts";
import { costPlot, latencyPlot } from "./plots.ts";
import type { Report } from "./report.ts";

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.85rem; }
  th, td { padding: 0.15rem 0.6rem; text-align: right; border-bottom: 1px solid #8884; }
  th:first-child, td:first-child { text-align: left; }
  tr.tandem { font-weight: 600; }
  .scroll { overflow-x: auto; }
  svg { max-width: 100%; min-width: 40rem; height: auto; }
`;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function tableOf(report: WorkloadReport): string {
  const heads = COLUMNS.map((column) => `<th>${escaped(columnHead(column, report))}</th>`);
  const rows = report.measured.map((row) => {
    const kind = row.result.peer === "tandem" ? "tandem" : "";
    const cells = COLUMNS.map(({ cell }) => `<td>${escaped(cell(row, report))}</td>`).join("");
    return `<tr class="${kind}"><td>${escaped(row.result.peer)}</td>${cells}</tr>`;
  });
  const head = `<tr><th>peer</th>${heads.join("")}</tr>`;
  return `<div class="scroll"><table>${head}\n${rows.join("\n")}</table></div>`;
}

function section(report: WorkloadReport): string {
  const { workload, failed, measured } = report;
  const missing = failed.map((failure) => `<p>${escaped(failureWords(failure))}</p>`);
  const plots = measured.length === 0 ? [] : [costPlot(report), latencyPlot(report)];
  return `<h2>${escaped(workload.name)}</h2>
<p>${escaped(workload.title)}. ${escaped(planWords(report))}.</p>
${tableOf(report)}
${missing.join("\n")}
${plots.map((plot) => `<div class="scroll">${plot}</div>`).join("\n")}`;
}

/** Returns the whole page. */
export function toHtml(report: Report): string {
  const { machine, workloads } = report;
  const bars = barLines(report).map((line) => `<li>${escaped(line.trim())}</li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tandem beside its peers</title>
<style>${STYLE}</style>
<h1>Tandem beside its peers</h1>
<p>${escaped(`${machine.cpu}, ${machine.cores} cores, ${machine.kernel}, Node ${machine.node}. ${machine.date}.`)}
${escaped(`${machine.pinning}; ${machine.mode} load; load average before: ${machine.loadAverage}. ${busyWarning(machine) ?? ""}`)}</p>
<p>Figures are medians over the rounds. us/peer is Tandem's cost as a multiple of the peer's in the same
round: CPU time per request, or memory of an idle connection. core is the share of a core that the proxy used: well below 100%, its client was the limit.
How it is measured, and what the figures do not say: <code>docs/benchmarks/method.md</code>.</p>
<p>${BARS_HEAD}</p>
<ul>${bars.join("\n")}</ul>
${workloads.map(section).join("\n")}
</html>
`;
}
