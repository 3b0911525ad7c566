// Measures the map for two boxes: every policy in every cell, with the same seeds, so with the same requests.
import { HERE, type Runner } from "../scenarios/runner.ts";
import { expectedRequests } from "../schema/work.ts";
import type { Result } from "../sim/result.ts";
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

/**
 * Measures each policy in each cell, in the order of the cells. All runs are given to `runner` at once. `progress` is
 * called with each that is done, whichever ends.
 */
export function measureMap(
  grid: MapGrid,
  runner: Runner = HERE,
  progress?: (measured: Measured) => void,
): Promise<readonly Measured[]> {
  const all = cellsOf(grid).flatMap((cell) =>
    policiesAt(cell.ratio).map(async (policy) => {
      const measured = await measure(cell, policy, { seeds: grid.seeds, runner });
      progress?.(measured);
      return measured;
    }),
  );
  return Promise.all(all);
}

/** Returns how many items `measureMap` yields. */
export const sizeOf = (grid: MapGrid): number =>
  cellsOf(grid).reduce((sum, { ratio }) => sum + policiesAt(ratio).length, 0);

/** Returns about how many requests all runs have together. */
export const requestsOf = (grid: MapGrid): number =>
  cellsOf(grid).reduce((sum, cell) => {
    const runs = policiesAt(cell.ratio).length * grid.seeds.length;
    return sum + runs * expectedRequests(scenarioOf(cell, false));
  }, 0);

async function measure(
  cell: Cell,
  policy: Policy,
  { seeds, runner }: { readonly seeds: readonly number[]; readonly runner: Runner },
): Promise<Measured> {
  const scenario = scenarioOf(cell, policy.weighted);
  const { algorithm } = policy;
  const candidate = { label: algorithm, algorithm };
  const runs = seeds.map(async (seed) => {
    const result = await runner.simulate({ scenario, candidate, seed, anySize: false });
    return numbersOf(result);
  });
  const values = await Promise.all(runs);
  const of = (metric: MapMetric) => values.map((one) => one[metric]);
  return {
    cell,
    policy,
    values: { mean: of("mean"), p50: of("p50"), p99: of("p99"), light: of("light") },
  };
}

/** Only the numbers are kept of a result, because a map has thousands. */
const numbersOf = (result: Result): Readonly<Record<MapMetric, number>> => ({
  mean: MAP_METRICS.mean(result),
  p50: MAP_METRICS.p50(result),
  p99: MAP_METRICS.p99(result),
  light: MAP_METRICS.light(result),
});
