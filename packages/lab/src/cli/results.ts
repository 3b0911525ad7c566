// Presents the results of a study, as a table for people and as JSON for programs.

import { palette } from "@tandem/telemetry/colors";
import { withUnit } from "../figures/numbers.ts";
import { isLowerBound, isUnstable, overloadedText, unstableText } from "../scenarios/caveats.ts";
import type { StudyRow } from "../scenarios/run-study.ts";
import type { ChurnRow } from "../scenarios/s14-churn.ts";
import type { Metric } from "../scenarios/study.ts";
import { comparisonText } from "./comparison-text.ts";
import type { Provenance } from "./provenance.ts";
import type { StudyRun } from "./study-run.ts";
import { table } from "./terminal.ts";

/**
 * Returns the cell of a metric: its mean, `≥` before it when it is only a lower bound, or that the run is unstable.
 */
export function cellText({ caveats }: StudyRow, found: StudyRow["metrics"][number]): string {
  if (isUnstable(found.metric, caveats)) return unstableText(caveats);
  return (isLowerBound(found.metric, caveats) ? "≥ " : "") + meanText(found);
}

/** Returns the cell of the comparison with the first algorithm; empty for the first algorithm itself. */
export function comparedText({ comparison, caveats }: StudyRow, headline: Metric): string {
  if (comparison === undefined) return "";
  return isUnstable(headline, caveats) ? "not compared" : comparisonText(comparison, headline);
}

/** Returns the mean and half the width of its 95 % interval, with as many digits as the interval justifies. */
export function meanText({ metric, estimate }: StudyRow["metrics"][number]): string {
  const { mean, low, high } = estimate;
  const reach = (high - low) / 2;
  if (!Number.isFinite(reach) || reach <= 1e-4 * Math.abs(mean)) return withUnit(mean, metric.unit);
  const digits = Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(reach))));
  const unit = metric.unit === "" ? "" : ` ${metric.unit}`;
  return `${grouped(mean, digits)} ±${grouped(reach, digits)}${unit}`;
}

const grouped = (value: number, digits: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

export function describeRun({ study, rows, seeds, candidates, notes: found }: StudyRun): string {
  const { bold, dim } = palette();
  const lines = [
    `${bold(`${study.id}  ${study.title}`)}`,
    study.question,
    ...(study.source === undefined ? [] : [dim(`after ${study.source}`)]),
  ];
  const first = candidates[0]?.label ?? "";
  const headline = study.metrics[0];
  for (const [variant, own] of Map.groupBy(rows, (row) => row.variant)) {
    const compared = own.some(({ comparison }) => comparison !== undefined);
    const head = ["", ...study.metrics.map(({ name }) => name)];
    const lost = own.some(({ caveats }) => caveats.unanswered > 0);
    if (lost) head.push("never answered");
    if (compared) head.push(`${headline.name} against ${own[0]?.candidate.label ?? first}`);
    const body = own.map((row) => {
      const cells = [
        `  ${row.candidate.label}`,
        ...row.metrics.map((found) => cellText(row, found)),
      ];
      if (lost) cells.push(withUnit(100 * row.caveats.unanswered, "%"));
      if (compared) cells.push(comparedText(row, headline));
      return cells;
    });
    const [top = "", ...rest] = table([head, ...body]);
    lines.push("", bold(variant.label), dim(top), ...rest);
  }
  const together = Math.max(0, ...rows.map(({ comparison }) => comparison?.together ?? 0));
  const notes = [seedText(seeds), ...found, ...caveatLines(rows)];
  if (together > 1) notes.push(`verdicts are corrected for ${together} comparisons (Holm)`);
  lines.push("", ...notes.map(dim));
  return lines.join("\n");
}

/** What the marks of a row are explained by. */
export interface CaveatRow extends Pick<StudyRow, "caveats"> {
  readonly variant: Pick<StudyRow["variant"], "label">;
  readonly candidate: Pick<StudyRow["candidate"], "label">;
}

/** Explains the marks in a table of these rows. Empty when there is nothing to explain. */
export function caveatLines(rows: readonly CaveatRow[]): string[] {
  const lines = [...new Set(rows.flatMap(({ caveats }) => caveats.notes))];
  if (rows.some(({ caveats }) => caveats.unstable !== undefined))
    lines.push(
      "unstable: more work arrives than the servers can do (ρ = work / capacity), so the queues grow without end",
    );
  const overloads = rows.flatMap(({ variant, candidate, caveats }) =>
    caveats.overloaded.length === 0
      ? []
      : [`${variant.label}, ${candidate.label} (${overloadedText(caveats.overloaded)})`],
  );
  if (overloads.length > 0)
    lines.push(
      `overloaded servers, whose queues grow as long as the run lasts, for they get more work than they can do: ${overloads.join("; ")}`,
    );
  if (rows.some(({ caveats }) => caveats.unanswered > 0 && caveats.unstable === undefined))
    lines.push(
      "never answered: counted as errors, and in latencies (≥) with the time waited until the end of the run",
    );
  return lines;
}

function seedText(seeds: readonly number[]): string {
  const [first, last] = [seeds[0], seeds.at(-1)];
  if (seeds.length === 1)
    return `seed ${first}; with one run the influence of chance is unknown, so nothing is compared`;
  return `means over seeds ${first} to ${last} with 95 % confidence; differences seed by seed`;
}

const orNull = (value: number) => (Number.isFinite(value) ? value : null);

const NONE = { mean: Number.NaN, low: Number.NaN, high: Number.NaN };

const intervalAsJson = ({ mean, low, high }: typeof NONE) => ({
  mean: orNull(mean),
  low: orNull(low),
  high: orNull(high),
});

export function runAsJson(run: StudyRun, origin: Provenance, files: readonly string[]): unknown {
  const { study, seeds, rows } = run;
  return {
    study: study.id,
    name: study.name,
    title: study.title,
    question: study.question,
    ...origin,
    seeds,
    notes: run.notes,
    results: rows.map((row) => ({
      variant: row.variant.label,
      x: row.variant.x ?? null,
      candidate: row.candidate.label,
      algorithm: row.candidate.algorithm,
      parameters: row.candidate.parameters ?? {},
      metrics: row.metrics.map(({ metric, estimate, values }) => ({
        name: metric.name,
        unit: metric.unit,
        better: metric.better,
        ...intervalAsJson(isUnstable(metric, row.caveats) ? NONE : estimate),
        values: values.map(orNull),
      })),
      theory: row.variant.theory?.[row.candidate.label] ?? null,
      comparison: isUnstable(study.metrics[0], row.caveats) ? null : (row.comparison ?? null),
      unanswered: row.caveats.unanswered,
      unstable: row.caveats.unstable ?? null,
      overloaded: row.caveats.overloaded,
      notes: row.caveats.notes,
    })),
    files,
  };
}

export function describeChurn(title: string, question: string, rows: readonly ChurnRow[]): string {
  const { bold, dim } = palette();
  const lines = [bold(title), question];
  for (const [change, own] of Map.groupBy(rows, (row) => row.change)) {
    const [head = "", ...body] = table([
      ["", "had to move", "moved without need", "unevenness afterwards"],
      ...own.map(({ method, necessary, extra, spread }) => [
        `  ${method}`,
        withUnit(necessary, "%"),
        withUnit(extra, "%"),
        withUnit(spread, "%"),
      ]),
    ]);
    lines.push("", bold(change), dim(head), ...body);
  }
  lines.push("", dim("per cent of all keys; computed without random numbers"));
  return lines.join("\n");
}
