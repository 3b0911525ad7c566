// Draws a whole report at a glance: a row per scenario, and for each algorithm a cell that shows
// how far the algorithm is from the best of the row. The cell shows this both as a number and as a
// colour.
import type { Drawing, Figure } from "./figure.ts";
import { head, text, textWidth } from "./frame.ts";

export interface Score {
  readonly scenario: string;
  readonly algorithm: string;
  readonly value: number;
  /** The text of the cell. */
  readonly text: string;
  /** 0 = the best of the row, 1 = the end of the scale; NaN = not rated. */
  readonly distance: number;
}

export interface ScorecardSpec {
  readonly name: string;
  readonly question: string;
  readonly note: string;
  readonly scores: readonly Score[];
}

const ROW = 24;
/** The darkest step of the colour scale on which text can still be read, in light and in dark schemes. */
const DARKEST = 3;

export function scorecard(spec: ScorecardSpec): Figure {
  return {
    name: spec.name,
    question: spec.question,
    note: spec.note,
    columns: ["scenario", "algorithm", "value", "distance from the best"],
    rows: spec.scores.map(({ scenario, algorithm, value, distance }) => [
      scenario,
      algorithm,
      value,
      distance,
    ]),
    draw: (width) => drawScorecard(spec, width),
  };
}

/** Draws the table, which keeps its size. When the table is wider than the page, the page scrolls it. */
function drawScorecard({ question, note, scores }: ScorecardSpec, wanted: number): Drawing {
  const algorithms = [...new Set(scores.map(({ algorithm }) => algorithm))];
  const scenarios = [...new Set(scores.map(({ scenario }) => scenario))];
  const left = 16 + Math.max(...scenarios.map((name) => textWidth(name)));
  const cell = Math.max(68, ...algorithms.map((name) => textWidth(name) + 12));
  const width = Math.max(wanted, left + cell * algorithms.length + 12);
  const top = head(question, note, Math.min(width, 760));
  const parts = [top.body];
  const y0 = top.bottom + 26;
  for (const [i, name] of algorithms.entries())
    parts.push(
      text(left + (i + 0.5) * cell, y0 - 8, name, { className: "strong", anchor: "middle" }),
    );
  for (const [row, name] of scenarios.entries())
    parts.push(text(left - 8, y0 + row * ROW + 16, name, { anchor: "end" }));
  for (const score of scores) {
    const x = left + algorithms.indexOf(score.algorithm) * cell;
    const y = y0 + scenarios.indexOf(score.scenario) * ROW;
    const level = Number.isFinite(score.distance) ? Math.round(score.distance * DARKEST) : 0;
    parts.push(
      `<rect class="h${level}" x="${x + 1}" y="${y + 1}" width="${cell - 2}" height="${ROW - 2}" rx="3"/>`,
    );
    const className = score.distance < 0.005 ? "strong" : "";
    parts.push(text(x + cell / 2, y + 16, score.text, { className, anchor: "middle" }));
  }
  return { width, height: y0 + scenarios.length * ROW + 12, body: parts.join("\n") };
}
