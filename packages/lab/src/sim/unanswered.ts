// Finds the requests that are never answered. A request that is under way when the run ends is usually only a late one:
// a few are under way at any moment. It is counted as never answered when nothing will end it: its server is silent and
// it has no deadline; or it has been under way for longer than any answer of the run took; or the load is at or above
// the capacity, so that the queue which it waits in grows without end.
import { PHASE } from "./attempt-table.ts";
import type { Model } from "./model.ts";

export interface Unanswered {
  /** How long each of these requests has waited so far, in milliseconds: a lower bound of its latency. */
  readonly waitedMs: readonly number[];
  /** How many of these requests each server was given last. */
  readonly onServer: readonly number[];
}

/** Before this many answers, in the middle of a run, the longest answer so far says too little. */
const ENOUGH_ANSWERS = 100;

/**
 * Returns the measured requests that are never answered, as far as that is known at the present time of the run.
 * `unstable` says that the load is at or above the capacity (see load.ts).
 */
export function unansweredOf(
  { scenario, agenda, attempts, meter, groups }: Model,
  unstable: boolean,
): Unanswered {
  const waitedMs: number[] = [];
  const onServer = new Array<number>(groups.length).fill(0);
  if (hasDeadline(scenario.client)) return { waitedMs, onServer };
  const over = agenda.now >= scenario.durationMs + (scenario.drainMs ?? 0);
  const longest =
    over || meter.latency.count >= ENOUGH_ANSWERS ? meter.longestMs : Number.POSITIVE_INFINITY;
  const patience = unstable ? -1 : longest;
  for (let slot = 0; slot < attempts.capacity; slot++) {
    const phase = attempts.phase[slot];
    const arrivedAt = attempts.arrivedAt[slot] as number;
    if (phase === PHASE.free || attempts.abandoned[slot] === 1 || arrivedAt < meter.warmupMs)
      continue;
    const waited = agenda.now - arrivedAt;
    if (phase !== PHASE.lost && waited <= patience) continue;
    waitedMs.push(waited);
    const server = attempts.server[slot] as number;
    if (server >= 0) (onServer[server] as number)++;
  }
  return { waitedMs, onServer };
}

/** Whether every request ends by a deadline of its own. */
export function hasDeadline(client: Model["scenario"]["client"]): boolean {
  return client?.timeoutMs !== undefined || client?.attemptTimeoutMs !== undefined;
}
