// The table of `npm run bench -- --footprint`, with the bars for Tandem's single executable.
import type { Footprint } from "./result.ts";

interface Row {
  readonly title: string;
  readonly unit: "s" | "MB";
  /** The largest value that is allowed. */
  readonly bar?: number;
  of(footprint: Footprint): number | undefined;
}

const MB = 1e6;

const ROWS: readonly Row[] = [
  { title: "--help", unit: "s", bar: 0.15, of: ({ help }) => help.seconds },
  { title: "  most memory", unit: "MB", bar: 60, of: ({ help }) => help.mostRss / MB },
  { title: "--version", unit: "s", bar: 0.15, of: ({ version }) => version.seconds },
  { title: "  most memory", unit: "MB", bar: 60, of: ({ version }) => version.mostRss / MB },
  { title: "status, CPU", unit: "s", bar: 0.25, of: ({ site }) => site?.statusCpuSeconds },
  {
    title: "one route: start to answer",
    unit: "s",
    bar: 0.35,
    of: ({ proxy }) => proxy.firstAnswerSeconds,
  },
  { title: "  idle memory, RSS", unit: "MB", bar: 90, of: ({ proxy }) => proxy.idle.rss / MB },
  { title: "  idle memory, PSS", unit: "MB", of: ({ proxy }) => proxy.idle.pss / MB },
  {
    title: "demonstration, PSS",
    unit: "MB",
    bar: 300,
    of: ({ site }) => site && site.idle.pss / MB,
  },
  {
    title: "installed size",
    unit: "MB",
    bar: 150,
    of: ({ installedBytes }) => installedBytes && installedBytes / MB,
  },
];

/** Returns the lines of the table: a row for each figure, a column for each program. */
export function footprintTable(footprints: readonly Footprint[]): readonly string[] {
  const head = ["", "bar", ...footprints.map(({ program }) => program)];
  const rows = ROWS.map((row) => [
    row.title,
    row.bar === undefined ? "" : `${row.bar} ${row.unit}`,
    ...footprints.map((footprint) => cell(row, footprint)),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)))
      .join("  "),
  );
}

function cell({ of, unit }: Row, footprint: Footprint): string {
  const value = of(footprint);
  if (value === undefined) return "-";
  return unit === "s" ? `${value.toFixed(2)} s` : `${value.toFixed(0)} MB`;
}
