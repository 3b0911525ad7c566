// Shows a sweep in the terminal: a line for each point, a column for each algorithm, the first metric in the cells.
import { palette } from "@tandem/telemetry/colors";
import { isLowerBound, isUnstable, unstableText } from "../../scenarios/caveats.ts";
import type { Provenance } from "../provenance.ts";
import { type CaveatRow, caveatLines, meanText } from "../results.ts";
import { table } from "../terminal.ts";
import { sweepTable } from "./sweep-files.ts";
import type { SweepRow, Swept } from "./swept.ts";

export function describeSweep(run: Swept): string {
  const { bold, dim } = palette();
  const { study, axes, points, seeds, rows } = run;
  const [metric] = study.metrics;
  const series = [...new Set(rows.map((row) => row.series))];
  const [head = "", ...body] = table([
    [...axes.map(({ name }) => name), ...series],
    ...points.map((point) => [
      ...point.values.map(String),
      ...series.map((label) =>
        cellOf(rows.find((row) => row.point === point && row.series === label)),
      ),
    ]),
  ]);
  const others = study.metrics.slice(1).map(({ name }) => name);
  const notes = [
    seeds.length === 1
      ? "seed 1; with one run the influence of chance is unknown"
      : `means over seeds 1 to ${seeds.length} with 95 % confidence; all algorithms met the same requests`,
    ...(others.length === 0 ? [] : [`${others.join(", ")}: with --json or --out`]),
    ...new Set(
      run.notes.length > 4
        ? [...run.notes.slice(0, 3), `and ${run.notes.length - 3} more such notes`]
        : run.notes,
    ),
    ...caveatLines(fewOverloads(rows)),
  ];
  return [
    bold(`${study.id}  ${study.title}`),
    `${metric.name} by ${axes.map(({ name }) => name).join(" and ")}`,
    "",
    dim(head),
    ...body,
    "",
    ...notes.map(dim),
  ].join("\n");
}

/** So many overloaded servers are named; a sweep may have hundreds. */
const MOST_OVERLOADS = 6;

function fewOverloads(rows: readonly SweepRow[]): readonly CaveatRow[] {
  let left = MOST_OVERLOADS;
  return rows.map(({ point, candidate, caveats }) => {
    const named = caveats.overloaded.length > 0 && left-- > 0;
    const overloaded = named ? caveats.overloaded : [];
    return { variant: point, candidate, caveats: { ...caveats, overloaded } };
  });
}

function cellOf(row: SweepRow | undefined): string {
  const [found] = row?.metrics ?? [];
  if (row === undefined || found === undefined) return "";
  if (isUnstable(found.metric, row.caveats)) return unstableText(row.caveats);
  return (isLowerBound(found.metric, row.caveats) ? "≥ " : "") + meanText(found);
}

export function sweepAsJson(run: Swept, origin: Provenance, files: readonly string[]): unknown {
  const { study, axes, seeds, notes } = run;
  const { columns, rows } = sweepTable(run);
  return {
    study: study.id,
    ...{ name: study.name, title: study.title },
    ...origin,
    axes: axes.map(({ name, values }) => ({ name, values })),
    ...{ seeds, notes },
    results: rows.map((row) =>
      Object.fromEntries(columns.map((name, i) => [name, orNull(row[i])])),
    ),
    files,
  };
}

const orNull = (value: string | number | undefined) =>
  typeof value === "number" && !Number.isFinite(value) ? null : value;
