// The map for two boxes as text: a table per question, a row per load, a column per ratio of speeds.
import { palette } from "@tandem/telemetry/colors";
import { type Judged, judgeMap } from "../map/judge-map.ts";
import { withoutWeights } from "../map/map-figure.ts";
import type { MapGrid, MapMetric, Measured } from "../map/measure-map.ts";
import { policyName } from "../map/policies.ts";
import { ALIKE, DEFAULT_POLICY, recommend, TOO_FAR } from "../map/recommend.ts";
import { table } from "./terminal.ts";

export function describeMap(
  measured: readonly Measured[],
  grid: MapGrid,
  metric: MapMetric,
): string {
  const { bold, dim } = palette();
  const { situations, seeds } = grid;
  const part = (title: string, judged: readonly Judged[]) => [
    bold(title),
    ...rowsOf(judged, grid),
    "",
  ];
  return [
    bold(`Two boxes, by ${metric}`),
    ...table(situations.map(({ name, words }) => [`  ${name}`, words])),
    "",
    ...part("Speeds not known: no weights", judgeMap(measured, metric, withoutWeights)),
    ...part("Speeds known: weights that say them (+w), or none", judgeMap(measured, metric)),
    dim(
      `The name: the best, or what asks less and is as good: within ${100 * ALIKE} % of it, or within ${100 * TOO_FAR} % and not significantly worse over ${seeds.length} seeds.`,
    ),
    dim(
      `The number: how much more ${metric} ${policyName(DEFAULT_POLICY)} without weights has than the best.`,
    ),
  ].join("\n");
}

function rowsOf(judged: readonly Judged[], { ratios, loads }: MapGrid): string[] {
  const cells = new Map(judged.map((one) => [`${one.ratio} ${one.load}`, recommend(one)]));
  const rows = loads.map((load) => [
    `  load ${load}`,
    ...ratios.map((ratio) => {
      const cell = cells.get(`${ratio} ${load}`);
      if (cell === undefined) return "-";
      return `${policyName(cell.policy)} ${Math.round(100 * cell.defaultAbove)} %`;
    }),
  ]);
  return table([["", ...ratios.map((ratio) => `${ratio} : 1`)], ...rows]);
}
