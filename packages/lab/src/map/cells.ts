// The cells of the map for two boxes: a situation at a ratio of speeds and a load, as a scenario.
import { compileDistribution } from "../sim/distribution.ts";
import type { Scenario } from "../sim/scenario.ts";
import type { Situation } from "./situations.ts";

/** How many times as fast as the other the faster server is. */
export const RATIOS: readonly number[] = [1, 1.25, 1.5, 2, 3, 4];
/** Shares of the capacity of both servers together. */
export const LOADS: readonly number[] = [0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95];

export interface Cell {
  readonly situation: Situation;
  readonly ratio: number;
  readonly load: number;
}

/** The index of the slower server, the light box, in the scenario. */
export const LIGHT = 1;

/** A run is longer at high load, where what happens goes on to matter for longer: some 8,000 to 70,000 requests. */
const requestsAt = (load: number): number => Math.min(70_000, 5_000 + 3_000 / (1 - load));
const WARM_UP_SHARE = 0.2;

/** Returns the scenario of a cell. With `weighted` the servers' weights say their speeds; otherwise both are 1. */
export function scenarioOf({ situation, ratio, load }: Cell, weighted: boolean): Scenario {
  const { service, workers, discipline = "fifo", balancers = 1 } = situation;
  const { mean } = compileDistribution(service);
  const ratePerMs = (load * workers * (ratio + 1)) / mean;
  const measuredMs = requestsAt(load) / ratePerMs;
  const warmupMs = measuredMs * WARM_UP_SHARE;
  const group = { count: 1, workers, discipline };
  return {
    name: `${situation.name}, ${ratio} : 1, load ${load}`,
    warmupMs,
    durationMs: warmupMs + measuredMs,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1_000 * ratePerMs } },
    service,
    servers: [
      { ...group, speed: ratio, weight: weighted ? ratio : 1 },
      { ...group, speed: 1, weight: 1 },
    ],
    balancers: { count: balancers },
    network: { probeRttMs: 1 },
    measure: { perServer: false },
  };
}
