// Searches for the highest load of each algorithm with each seed, and sums up what was found.

import { isSteady } from "../../scenarios/found-warm-up.ts";
import { estimateOfSeeds } from "../../scenarios/run-study.ts";
import type { Candidate, Metric } from "../../scenarios/study.ts";
import { isUnbounded, loadOf, meanRate } from "../../sim/load.ts";
import { type Queues, requestsToSettle, settledUpTo } from "../../sim/relaxation.ts";
import type { Scenario } from "../../sim/scenario.ts";
import { type Comparison, comparePaired, judgedTogether } from "../../stats/compare.ts";
import type { Estimate } from "../../stats/estimate.ts";
import { type Bounds, type Found, highestLoad } from "../../sweep/bisection.ts";
import { withLoad } from "../../sweep/traffic.ts";
import type { MeasuredRuns } from "./measured-runs.ts";

export interface Limit {
  readonly metric: Metric;
  readonly most: number;
}

export interface LimitRow {
  readonly candidate: Candidate;
  /** One per seed. */
  readonly found: readonly Found[];
  /** Of the load; absent when the limit is never or always kept with some seed. */
  readonly load?: Estimate;
  /** Of the requests per second. */
  readonly rate?: Estimate;
  /** With the first algorithm, seed by seed. */
  readonly comparison?: Comparison;
}

export interface Search {
  readonly scenario: Scenario;
  readonly candidates: readonly Candidate[];
  readonly seeds: readonly number[];
  readonly limit: Limit;
  readonly bounds: Bounds;
  readonly anySize: boolean;
}

/** All searches go on at the same time, each with one run after the other. */
export async function limitRows(search: Search, runs: MeasuredRuns): Promise<readonly LimitRow[]> {
  const { scenario, candidates, seeds, limit, bounds, anySize } = search;
  const scenarios = new Map<number, Scenario>();
  const at = (load: number): Scenario => {
    const made = scenarios.get(load) ?? withLoadAndRequests(scenario, load);
    scenarios.set(load, made);
    return made;
  };
  const told = highestLoadTold(scenario);
  const rows = candidates.map(async (candidate) => {
    const found = seeds.map(async (seed): Promise<Found> => {
      let exceeded = false;
      const one = await highestLoad(bounds, async (load) => {
        if (load > told) return false;
        const { values, caveats } = await runs.of({ scenario: at(load), candidate, seed, anySize });
        // Where the queues grow without end, the measure is that of a run of this length, and would grow with it.
        const keeps = caveats.unstable === undefined && (values[0] ?? Number.NaN) <= limit.most;
        exceeded ||= !keeps;
        return keeps;
      });
      return exceeded ? one : { kept: "always" };
    });
    return { candidate, found: await Promise.all(found) };
  });
  return compared(await Promise.all(rows), meanRate(at(1)));
}

/** No run is made longer than this, unless the scenario has more requests itself. */
const LONGEST = 400_000;

const requestsOf = (scenario: Scenario): number =>
  (meanRate(scenario) * scenario.durationMs) / 1000;

const queuesOf = ({ service, servers }: Scenario): Queues => ({
  service,
  servers: servers.reduce((sum, { count }) => sum + count, 0),
});

/** Whether queues get longer without end as the load nears 1, and a run shows that only if it is long enough. */
const needsLength = (scenario: Scenario): boolean => isSteady(scenario) && isUnbounded(scenario);

/** Returns the highest load of which the longest runs say how long the queues are; Infinity where they are bounded. */
export function highestLoadTold(scenario: Scenario): number {
  if (!needsLength(scenario)) return Number.POSITIVE_INFINITY;
  const requests = Math.max(LONGEST, requestsOf(scenario));
  return Math.floor(1000 * settledUpTo(requests, queuesOf(scenario))) / 1000;
}

/**
 * Returns the scenario with this load. One that does not change with time gets as many requests as it has itself, in more
 * or less time: at a low load a quantile of few requests would be chance. Near load 1 it gets more, because the queues need
 * them to reach their length.
 */
export function withLoadAndRequests(scenario: Scenario, load: number): Scenario {
  const made = withLoad(scenario, load) ?? scenario;
  if (!isSteady(scenario)) return made;
  const requests = requestsOf(scenario);
  const needed = needsLength(scenario) ? requestsToSettle(load, queuesOf(scenario)) : 0;
  const more = Math.max(1, Math.min(LONGEST, needed) / requests);
  const longer = (loadOf(scenario) / load) * more;
  const { durationMs, warmupMs = 0 } = scenario;
  return { ...made, durationMs: durationMs * longer, warmupMs: warmupMs * longer };
}

type Bare = Pick<LimitRow, "candidate" | "found">;

function compared(rows: readonly Bare[], rateAtOne: number): readonly LimitRow[] {
  const loads = rows.map(({ found }) =>
    found.map((one) => ("load" in one ? one.load : Number.NaN)),
  );
  const [first = []] = loads;
  const known = (values: readonly number[]) => values.every(Number.isFinite);
  const made = rows.map((row, i): LimitRow => {
    const own = loads[i] ?? [];
    if (!known(own)) return row;
    return {
      ...row,
      load: estimateOfSeeds(own),
      rate: estimateOfSeeds(own.map((load) => load * rateAtOne)),
      ...(i > 0 && known(first) && { comparison: comparePaired(first, own) }),
    };
  });
  const judged = judgedTogether(made.flatMap(({ comparison }) => comparison ?? []));
  const next = judged[Symbol.iterator]();
  return made.map((row) =>
    row.comparison === undefined
      ? row
      : { ...row, comparison: next.next().value ?? row.comparison },
  );
}
