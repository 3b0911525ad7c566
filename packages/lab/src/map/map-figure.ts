// The picture of the map for two boxes and its numbers. Two panels: what to take when the speeds are not known, and when
// weights may say them.
import type { Figure } from "../figures/figure.ts";
import { gridMap, type MapCell, type MapPanel } from "../figures/grid-map.ts";
import { type Judged, judgeMap } from "./judge-map.ts";
import type { MapGrid, MapMetric, Measured } from "./measure-map.ts";
import { type Policy, policyName, WITH_WEIGHTS, WITHOUT_WEIGHTS } from "./policies.ts";
import { DEFAULT_POLICY, recommend } from "./recommend.ts";

export const MAP_NAME = "two-boxes-map";

const SHORT: Readonly<Record<string, string>> = {
  "least-conn": "conn",
  "peak-ewma": "ewma",
  "least-time": "time",
  prequal: "prequal",
  "round-robin": "rr",
};

export const withoutWeights = ({ weighted }: Policy): boolean => !weighted;

/** Returns the figure. `metric` decides; the table has the other metrics too. */
export function mapFigure(measured: readonly Measured[], grid: MapGrid, metric: MapMetric): Figure {
  return gridMap({
    name: MAP_NAME,
    question: "Two boxes: which algorithm, and what does the default cost?",
    note: noteOf(grid, metric),
    x: { label: "the faster box is … times as fast", show: (value) => `${value}×` },
    y: { label: "load", show: (value) => String(value).replace(/^0/, "") },
    panels: [
      panelOf("Speeds not known: no weights", judgeMap(measured, metric, withoutWeights)),
      panelOf("Speeds known: weights say them (w), or are left out", judgeMap(measured, metric)),
    ],
    ...tableOf(measured),
  });
}

function noteOf({ situations, seeds }: MapGrid, metric: MapMetric): string {
  const over =
    situations.length === 1
      ? `Situation '${situations[0]?.name}'`
      : `Geometric mean over ${situations.length} situations`;
  return (
    `${over}, seeds 1 to ${seeds.length}, by ${metric}. The name: the best, or what asks less and is as good. ` +
    `The number: how much more time ${policyName(DEFAULT_POLICY)} without weights takes than the best.`
  );
}

function panelOf(label: string, judged: readonly Judged[]): MapPanel {
  return { label, cells: judged.map(cellOf) };
}

function cellOf(judged: Judged): MapCell {
  const { ratio, load, policy, defaultAbove } = recommend(judged);
  const percent = Math.round(100 * defaultAbove);
  return {
    x: ratio,
    y: load,
    winner: policy.algorithm,
    short: `${SHORT[policy.algorithm] ?? policy.algorithm}${policy.weighted ? " w" : ""}`,
    text: percent === 0 ? "0" : `+${percent} %`,
  };
}

/** A row per metric and cell, a column per policy: how much more than the best policy of the cell, in per cent. */
function tableOf(measured: readonly Measured[]): Pick<Figure, "columns" | "rows"> {
  const policies = [...WITHOUT_WEIGHTS, ...WITH_WEIGHTS].map(policyName);
  const rows = (["p99", "mean", "p50"] as const).flatMap((metric) =>
    judgeMap(measured, metric).map(({ ratio, load, scores }) => {
      const above = new Map(scores.map((score) => [policyName(score.policy), score.above]));
      const cells = policies.map((name) => rounded(100 * (above.get(name) ?? Number.NaN)));
      return [metric, ratio, load, ...cells];
    }),
  );
  return { columns: ["above the best, %", "speeds", "load", ...policies], rows };
}

const rounded = (value: number) => Math.round(value * 10) / 10;
