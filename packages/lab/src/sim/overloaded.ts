// Finds the servers that are given more work than they can do. The queue of such a server grows as long as the run lasts:
// its own load is 1 or more, as round robin makes it for slow servers with the weights of fast ones, or a fault for the
// servers that are left. A mean latency then says more about the length of the run than about the algorithm. A deadline
// bounds the latency but not the queue, unless servers drop the requests that clients gave up.
import { compileDistribution } from "./distribution.ts";
import { capacity, isLimited, isUnbounded, meanRate, unstableLoad } from "./load.ts";
import type { Model } from "./model.ts";

export interface Overloaded {
  readonly server: string;
  /** The work that the server is given, over what it can do; 1 or more. */
  readonly load: number;
}

/** How many standard errors a load has to be above 1, so that a server with a load just below 1 is rarely named. */
const BEYOND_CHANCE = 3;
/** A server whose queue grows is busy all the time, but for the beginning. One that fails fast is idle most of the time. */
const BUSY = 0.95;
/** The error of a share is estimated from its changes between intervals, if there are so many. */
const ENOUGH_INTERVALS = 10;

/**
 * Returns the overloaded servers at the present time of the run, without those that have a limit of their own. Empty
 * where the run is unstable as a whole, and where something else bounds all queues (see load.ts). `utilizations` are
 * those of the servers since the warm-up.
 */
export function overloadedOf(model: Model, utilizations: readonly number[]): Overloaded[] {
  const { scenario, meter, groups } = model;
  if (!isUnbounded(scenario) || unstableLoad(scenario) !== undefined) return [];
  if (meter.arrivedMeasured === 0) return [];
  const work = (meanRate(scenario) / 1000) * compileDistribution(scenario.service).mean;
  return groups.flatMap((group, server) => {
    if (isLimited(group) || (utilizations[server] ?? 0) < BUSY) return [];
    const picks = meter.picks[server] as number;
    const unit = work / capacity([{ ...group, count: 1 }]);
    const load = (picks / meter.arrivedMeasured) * unit;
    const error = errorOfShare(model, server) * unit;
    return load - BEYOND_CHANCE * error >= 1 ? [{ server: `s${server}`, load }] : [];
  });
}

/** Returns the standard error of the server's picks per request. */
function errorOfShare({ meter }: Model, server: number): number {
  const { rows, pickRows, intervalMs } = meter.series;
  const shares = pickRows.flatMap((picks, at) => {
    const { arrived = 0, atMs = 0 } = rows[at] ?? {};
    return arrived > 0 && atMs - intervalMs >= meter.warmupMs
      ? [(picks[server] as number) / arrived]
      : [];
  });
  if (shares.length < ENOUGH_INTERVALS)
    return Math.sqrt(meter.picks[server] as number) / meter.arrivedMeasured;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  return Math.sqrt(squares / (shares.length - 1) / shares.length);
}
