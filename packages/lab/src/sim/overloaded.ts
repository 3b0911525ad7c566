// Finds the servers that an algorithm gives more work than they can do, in a run in which all servers together could do
// the work. The queue of such a server grows as long as the run lasts: its own load is 1 or more, as round robin makes it
// for slow servers with the weights of fast ones. A mean latency then says more about the length of the run than about
// the algorithm.
import { compileDistribution } from "./distribution.ts";
import { capacity, isUnbounded, meanRate } from "./load.ts";
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
 * Returns the overloaded servers at the present time of the run. Empty where the load of all servers together is 1 or
 * more, and where something bounds the queues (see load.ts). `utilizations` are those of the servers since the warm-up.
 */
export function overloadedOf(model: Model, utilizations: readonly number[]): Overloaded[] {
  const { scenario, meter, groups } = model;
  if (!isUnbounded(scenario) || meter.arrivedMeasured === 0) return [];
  const work = (meanRate(scenario) / 1000) * compileDistribution(scenario.service).mean;
  if (work >= capacity(scenario.servers)) return [];
  return groups.flatMap((group, server) => {
    if ((utilizations[server] ?? 0) < BUSY) return [];
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
