// Makes the figures of a study. The study's first metric is its headline: it is drawn as curves when a number grows
// from variant to variant, otherwise as dots. Further figures explain the headline: tails, time, servers, trade-offs.
import type { Figure } from "./figure.ts";
import { SPECIAL } from "./special.ts";
import { comparison, type FigureSource, sweep } from "./study-views.ts";

/** Returns all figures of a study. */
export function figuresOf(source: FigureSource): readonly Figure[] {
  const special = SPECIAL[source.study.id]?.(source);
  const headline = special?.headline ?? [headlineOf(source)];
  return [...headline, ...(special?.more ?? [])];
}

function headlineOf(source: FigureSource): Figure {
  return isSweep(source) ? sweep(source, 0, {}) : comparison(source, 0);
}

/** Whether the variants have numbers on an axis, and these numbers grow from each variant to the next. */
function isSweep({ study, rows }: FigureSource): boolean {
  const xs = [...new Set(rows.map(({ variant }) => variant))].map(({ x }) => x ?? Number.NaN);
  return (
    study.axis !== undefined &&
    xs.length > 2 &&
    xs.every((x, i) => i === 0 || x > (xs[i - 1] ?? Number.NaN))
  );
}
