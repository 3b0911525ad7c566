// Measures the map for two boxes: every policy in every cell, with the same seeds, so with the same requests.
import type { Result } from "../sim/result.ts";
import { simulate } from "../sim/simulation.ts";
import { type Cell, LIGHT, scenarioOf } from "./cells.ts";
import { type Policy, policiesAt } from "./policies.ts";
import type { Situation } from "./situations.ts";

/** What is measured of a run. Times in milliseconds; `light` is the slower server's share of the requests, 0 to 1. */
export const MAP_METRICS = {
  mean: ({ lasting }: Result) => lasting.mean,
  p50: ({ lasting }: Result) => lasting.p50,
  p99: ({ lasting }: Result) => lasting.p99,
  light: ({ servers }: Result) => servers[LIGHT]?.share ?? Number.NaN,
} as const;
export type MapMetric = keyof typeof MAP_METRICS;

export interface Measured {
  readonly cell: Cell;
  readonly policy: Policy;
  /** The values of each metric, one per seed. */
  readonly values: Readonly<Record<MapMetric, readonly number[]>>;
}

export interface MapGrid {
  readonly situations: readonly Situation[];
  readonly ratios: readonly number[];
  readonly loads: readonly number[];
  readonly seeds: readonly number[];
}

function cellsOf({ situations, ratios, loads }: MapGrid): readonly Cell[] {
  return situations.flatMap((situation) =>
    ratios.flatMap((ratio) => loads.map((load) => ({ situation, ratio, load }))),
  );
}

/** Yields each policy in each cell as soon as its runs are done. The runs happen while the caller iterates. */
export function* measureMap(grid: MapGrid): Generator<Measured> {
  for (const cell of cellsOf(grid))
    for (const policy of policiesAt(cell.ratio)) yield measure(cell, policy, grid.seeds);
}

/** Returns how many items `measureMap` yields. */
export const sizeOf = (grid: MapGrid): number =>
  cellsOf(grid).reduce((sum, { ratio }) => sum + policiesAt(ratio).length, 0);

function measure(cell: Cell, policy: Policy, seeds: readonly number[]): Measured {
  const scenario = scenarioOf(cell, policy.weighted);
  const results = seeds.map((seed) => simulate(scenario, { algorithm: policy.algorithm, seed }));
  const of = (metric: MapMetric) => results.map(MAP_METRICS[metric]);
  return {
    cell,
    policy,
    values: { mean: of("mean"), p50: of("p50"), p99: of("p99"), light: of("light") },
  };
}
