// The measured map as plain data, small enough to be kept beside its picture: what each policy measured in each cell, as
// the mean over the seeds.
import { compileDistribution } from "../sim/distribution.ts";
import type { MapGrid, MapMetric, Measured } from "./measure-map.ts";
import { policyName } from "./policies.ts";

/** For each policy, one row per ratio of speeds, one value per load. */
type Table = Readonly<Record<string, readonly (readonly (number | null)[])[]>>;

export interface MapData {
  readonly seeds: readonly number[];
  readonly ratios: readonly number[];
  readonly loads: readonly number[];
  readonly situations: readonly {
    readonly name: string;
    readonly words: string;
    readonly meanMs: number;
    /** By metric, then by policy. A policy that was not run at a ratio has null there. */
    readonly values: Readonly<Record<MapMetric, Table>>;
  }[];
}

export function mapData(measured: readonly Measured[], grid: MapGrid): MapData {
  const { situations, ratios, loads, seeds } = grid;
  return {
    seeds,
    ratios,
    loads,
    situations: situations.map((situation) => {
      const own = measured.filter(({ cell }) => cell.situation === situation);
      const of = (metric: MapMetric) => tableOf(own, grid, metric);
      return {
        name: situation.name,
        words: situation.words,
        meanMs: compileDistribution(situation.service).mean,
        values: { mean: of("mean"), p50: of("p50"), p99: of("p99"), light: of("light") },
      };
    }),
  };
}

function tableOf(measured: readonly Measured[], grid: MapGrid, metric: MapMetric): Table {
  const keyOf = (name: string, ratio: number, load: number) => `${name} ${ratio} ${load}`;
  const values = new Map(
    measured.map(({ cell, policy, values }) => [
      keyOf(policyName(policy), cell.ratio, cell.load),
      average(values[metric]),
    ]),
  );
  const names = [...new Set(measured.map(({ policy }) => policyName(policy)))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      grid.ratios.map((ratio) =>
        grid.loads.map((load) => values.get(keyOf(name, ratio, load)) ?? null),
      ),
    ]),
  );
}

/** Three digits: more would be noise. */
const average = (values: readonly number[]): number =>
  Number((values.reduce((sum, value) => sum + value, 0) / values.length).toPrecision(3));
