// Figures of a study's numbers: a metric as curves over the study's axis, or as dots side by side.
import { isLowerBound, isUnstable, unstableText } from "../scenarios/caveats.ts";
import type { StudyRow } from "../scenarios/run-study.ts";
import type { Metric, Study } from "../scenarios/study.ts";
import { dots } from "./dots.ts";
import { type Figure, slug } from "./figure.ts";
import { lines, type Point } from "./lines.ts";
import { withUnit } from "./numbers.ts";
import { tickText } from "./scale.ts";

/** The data from which figures are made. */
export interface FigureSource {
  readonly study: Study;
  readonly seeds: readonly number[];
  readonly rows: readonly StudyRow[];
}

export const figureName = ({ study }: Pick<SweepSource, "study">, what: string): string =>
  `${slug(study.id)}-${slug(what)}`;

export function seedsNote(seeds: readonly number[]): string {
  return seeds.length === 1
    ? `Seed ${seeds[0]}.`
    : `Mean of seeds ${seeds[0]} to ${seeds.at(-1)}, 95 % confidence.`;
}

const metricAxis = ({ name, unit }: Metric): string => (unit === "" ? name : `${name}, ${unit}`);

/** The rows that curves are drawn from. */
export interface SweepSource extends Pick<FigureSource, "seeds"> {
  readonly study: Pick<Study, "id" | "title" | "question" | "axis" | "metrics">;
  readonly rows: readonly Pick<StudyRow, "variant" | "candidate" | "metrics" | "caveats">[];
}

export interface SweepOptions {
  readonly name?: string;
  readonly axis?: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly limits?: readonly { readonly y: number; readonly label: string }[];
  readonly note?: string;
}

/** The values on the axis may be computed and have many digits, so each is shown with three digits. */
const tick = (value: number) => tickText(Number(value.toPrecision(3)));

/** Draws one metric of all algorithms over the axis of the study. */
export function sweep(source: SweepSource, metricIndex: number, options: SweepOptions): Figure {
  const { study, rows, seeds } = source;
  const metric = study.metrics[metricIndex] ?? study.metrics[0];
  const groups = Map.groupBy(rows, ({ candidate }) => candidate.label);
  const curves = [...groups].map(([label, own]) => {
    const points = own.map((row) => pointOf(row, metricIndex));
    const theory = own.flatMap(({ variant }) => {
      const y = variant.theory?.[label];
      return y === undefined || metricIndex !== 0 ? [] : [{ x: variant.x ?? 0, y }];
    });
    return { label, points, ...(theory.length === points.length && { theory }) };
  });
  const values = curves.flatMap(({ points }) => points.map(({ y }) => y)).filter((y) => y > 0);
  const wide = Math.max(...values) / Math.min(...values) > 20;
  const xs = [...new Set(rows.map(({ variant }) => variant.x ?? 0))];
  const withTheory = curves.some(({ theory }) => theory !== undefined);
  const note = [
    options.note ?? `${study.title}.`,
    seedsNote(seeds),
    ...(withTheory ? ["Dotted: theory."] : []),
  ];
  return lines({
    name: options.name ?? figureName(source, metric.name),
    question: study.question,
    note: note.join(" "),
    x: { label: options.axis ?? study.axis ?? "", log: options.logX === true, ticks: xs, tick },
    y: {
      label: metric.name,
      unit: metric.unit,
      log: options.logY ?? (wide && metric.unit === "ms"),
    },
    curves,
    ...(options.limits && { limits: options.limits }),
  });
}

function pointOf(
  { variant, metrics, caveats }: SweepSource["rows"][number],
  metricIndex: number,
): Point {
  const metric = metrics[metricIndex]?.metric;
  if (metric !== undefined && isUnstable(metric, caveats))
    return { x: variant.x ?? 0, y: Number.NaN };
  const {
    mean = Number.NaN,
    low = Number.NaN,
    high = Number.NaN,
  } = metrics[metricIndex]?.estimate ?? {};
  return { x: variant.x ?? 0, y: mean, low, high };
}

/** Draws one metric of all algorithms and variants, side by side. */
export function comparison(source: FigureSource, metricIndex: number, question?: string): Figure {
  const { study, rows, seeds } = source;
  const metric = study.metrics[metricIndex] ?? study.metrics[0];
  return dots({
    name: figureName(source, metric.name),
    question: question ?? study.question,
    note: `${study.title}. ${seedsNote(seeds)}`,
    axis: metricAxis(metric),
    better: metric.better,
    dots: rows.map(({ variant, candidate, metrics, caveats }) => {
      const group = variant.label;
      const { label } = candidate;
      if (isUnstable(metric, caveats))
        return { group, label, value: Number.NaN, text: unstableText(caveats) };
      const bound = isLowerBound(metric, caveats) ? "≥ " : "";
      const { mean = Number.NaN, low, high } = metrics[metricIndex]?.estimate ?? {};
      const theory = metricIndex === 0 ? variant.theory?.[candidate.label] : undefined;
      return {
        group,
        label,
        value: mean,
        ...(low !== undefined && Number.isFinite(low) && { low }),
        ...(high !== undefined && Number.isFinite(high) && { high }),
        ...(theory !== undefined && { theory }),
        text: bound + withUnit(mean, metric.unit),
      };
    }),
  });
}
