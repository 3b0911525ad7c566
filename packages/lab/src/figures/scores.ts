// Makes a scorecard from the results of studies. It shows how far each of the usual algorithms is from the best, by the
// first metric of each study.

import { isLowerBound, isUnstable } from "../scenarios/caveats.ts";
import type { Figure } from "./figure.ts";
import { withUnit } from "./numbers.ts";
import { type Score, scorecard } from "./scorecard.ts";
import type { FigureSource } from "./study-views.ts";

const USUAL = ["round-robin", "random(2)", "least-conn", "peak-ewma", "least-time", "prequal"];

/** The end of the colour scale stands for a value that is ten times as bad as the best. */
const WORST_FACTOR = 10;

/** Returns the scorecard; undefined when no study compares at least two of the usual algorithms. */
export function scoresOf(sources: readonly FigureSource[]): Figure | undefined {
  const scores = sources.flatMap(scoresOfStudy);
  if (scores.length === 0) return undefined;
  return scorecard({
    name: "scorecard",
    question: "Which algorithm does well where?",
    note:
      "Headline of each scenario; bold is the best of its row, darker is further from it (a tenfold is " +
      "the end of the scale). Close numbers may differ by chance only: the tables tell.",
    scores,
  });
}

function scoresOfStudy({ study, rows }: FigureSource): Score[] {
  const metric = study.metrics[0];
  if (metric.better === "neither") return [];
  const groups = [...Map.groupBy(rows, ({ variant }) => variant.label)];
  return groups.flatMap(([label, own]) => {
    const usual = own.filter(({ candidate }) => USUAL.includes(candidate.label));
    if (usual.length < 2) return [];
    const values = usual.map(({ metrics, caveats }) =>
      isUnstable(metric, caveats) ? Number.NaN : (metrics[0]?.estimate.mean ?? Number.NaN),
    );
    // When a higher value is better, the metric is converted so that lower is better: a percentage
    // p becomes 100 − p, any other value becomes its reciprocal.
    const bads = values.map((value) => {
      if (metric.better === "lower") return value;
      return metric.unit === "%" ? 100 - value : 1 / value;
    });
    const best = Math.min(...bads);
    return usual.map(({ candidate, caveats }, i) => ({
      scenario: groups.length === 1 ? `${study.id} ${study.name}` : `${study.id} ${label}`,
      algorithm: candidate.label,
      value: values[i] ?? Number.NaN,
      text: isUnstable(metric, caveats)
        ? "unstable"
        : (isLowerBound(metric, caveats) ? "≥ " : "") +
          withUnit(values[i] ?? Number.NaN, metric.unit),
      distance: distance(bads[i] ?? Number.NaN, best),
    }));
  });
}

function distance(bad: number, best: number): number {
  if (bad <= best) return 0;
  const floor = Math.max(best, bad / WORST_FACTOR);
  return floor <= 0 ? 1 : Math.min(1, Math.log(bad / floor) / Math.log(WORST_FACTOR));
}
