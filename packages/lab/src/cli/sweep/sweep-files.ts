// The files of a sweep: its numbers as CSV and as Parquet, its curves, and a scenario file that runs it again.
import { join } from "node:path";
import { csvOf, type Figure, slug, svgOf } from "../../figures/figure.ts";
import { sweep } from "../../figures/study-views.ts";
import type { Provenance } from "../provenance.ts";
import { type NamedFile, saveAll } from "../save.ts";
import { shortenLists } from "../save-figures.ts";
import { candidatesOf, type SweepRow, type Swept } from "./swept.ts";

/** So many figures of each metric are drawn; the others of a sweep of several axes are in the tables only. */
const MOST_FIGURES = 12;

type Cell = string | number;

export interface SweepTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** One row for each point, algorithm and metric. NaN means that a value has no sense there, as a mean of an unstable run. */
export function sweepTable({ axes, rows }: Pick<Swept, "axes" | "rows">): SweepTable {
  const columns = [
    ...axes.map(({ name }) => name),
    ...["algorithm", "metric", "unit", "mean", "low", "high", "runs", "unstable", "unanswered"],
  ];
  const table = rows.flatMap(({ point, candidate, metrics, caveats }) =>
    metrics.map(({ metric, values, estimate }): readonly Cell[] => {
      const none = caveats.unstable !== undefined && metric.unit === "ms";
      const { mean, low, high } = none
        ? { mean: Number.NaN, low: Number.NaN, high: Number.NaN }
        : estimate;
      return [
        ...point.values,
        ...[candidate.label, metric.name, metric.unit, mean, low, high, values.length],
        ...[caveats.unstable ?? Number.NaN, caveats.unanswered],
      ];
    }),
  );
  return { columns, rows: table };
}

/** Writes the files and returns their paths. */
export async function saveSweep(
  folder: string,
  run: Swept,
  origin: Provenance,
): Promise<readonly string[]> {
  const table = sweepTable(run);
  const name = `${slug(run.study.id)}-sweep`;
  const file = (ending: string, text: NamedFile["text"]): NamedFile => ({
    path: join(folder, `${name}${ending}`),
    text,
  });
  const files = [
    file(".csv", csvOf({ ...NO_FIGURE, ...table })),
    file(".parquet", await parquetOf(table)),
    file(".json", `${JSON.stringify(againOf(run, origin), shortenLists, 2)}\n`),
    ...sweepFigures(run).map((figure) => ({
      path: join(folder, `${figure.name}.svg`),
      text: svgOf(figure),
    })),
  ];
  saveAll(files);
  return files.map(({ path }) => path);
}

const NO_FIGURE: Pick<Figure, "name" | "question" | "note" | "draw"> = {
  ...{ name: "", question: "", note: "" },
  draw: () => ({ width: 0, height: 0, body: "" }),
};

/** A number that has no sense is a null, as JSON has it too. */
async function parquetOf({ columns, rows }: SweepTable): Promise<Uint8Array> {
  // No other command needs it.
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const buffer = parquetWriteBuffer({
    columnData: columns.map((name, at) => {
      const data = rows.map((row) => row[at] ?? Number.NaN);
      const words = data.some((value) => typeof value === "string");
      return words
        ? { name, type: "STRING" as const, data: data.map(String) }
        : {
            ...{ name, type: "DOUBLE" as const, nullable: true },
            data: data.map((value) => (Number.isFinite(value) ? value : null)),
          };
    }),
  });
  return new Uint8Array(buffer);
}

/** What `tandem lab run` can read, with every point as a variant. */
function againOf({ study, points, seeds, axes }: Swept, origin: Provenance): unknown {
  return {
    study: study.id,
    ...{ title: study.title, question: study.question },
    ...(axes[0] && { axis: axes[0].name }),
    ...origin,
    seeds,
    candidates: candidatesOf(points),
    variants: points.map(({ label, values: [x], scenario, entries }) => ({
      label,
      ...(typeof x === "number" && { x }),
      only: entries.map(({ candidate }) => candidate.label),
      scenario,
    })),
  };
}

/**
 * Draws each metric over the first axis, for each combination of the values of the others. The first axis has to have
 * numbers.
 */
function sweepFigures({ study, axes, rows, seeds }: Swept): readonly Figure[] {
  const [first, ...others] = axes;
  if (first === undefined || first.values.some((value) => typeof value === "string")) return [];
  const part = ({ point: { values } }: SweepRow) =>
    others.map(({ name }, i) => `${name} ${values[i + 1]}`).join(", ");
  const parts = [...Map.groupBy(rows, part)].slice(0, MOST_FIGURES);
  return parts.flatMap(([label, own]) => {
    const source = {
      study: { ...study, axis: first.name },
      seeds,
      rows: own.map(({ point, series, candidate, metrics, caveats }) => ({
        variant: { label: point.label, x: Number(point.values[0]), scenario: point.scenario },
        candidate: { ...candidate, label: series },
        ...{ metrics, caveats },
      })),
    };
    return study.metrics.map((metric, i) =>
      sweep(source, i, {
        name: [study.id, "sweep", metric.name, label].map(slug).filter(Boolean).join("-"),
        note: label === "" ? `${study.title}.` : `${study.title}; ${label}.`,
      }),
    );
  });
}
