// Computes what a new request would cost on a server if no further request came: by how much the sum of all times in
// system would grow. A server that serves in order delays only the new request, which waits until a worker is free. A
// server that shares its cores delays the others too. The yardstick `least-work-left` picks the server with the least
// cost. With servers that serve in order at one speed, that is one queue in front of all workers (M/G/c). With sharing
// servers it is the policy OPT-0 of Gupta, Harchol-Balter, Sigman and Whitt, Analysis of join-the-shortest-queue routing
// for web server farms (2007).
import type { AttemptTable } from "./attempt-table.ts";
import type { Stations } from "./stations.ts";

/** Returns the cost in milliseconds of a request with `demand` on `server`; infinite while the server stands still. */
export function addedMs(
  stations: Stations,
  attempts: AttemptTable,
  server: number,
  demand: number,
): number {
  const speed = stations.speed(server);
  if (speed === 0) return Number.POSITIVE_INFINITY;
  const workers = stations.workers[server] as number;
  if ((stations.depth[server] as number) < workers) return demand / speed;
  if (stations.shares(server)) {
    const left = [...stations.on(server)].map((slot) => stations.left(server, slot));
    return (totalTime([...left, demand], workers) - totalTime(left, workers)) / speed;
  }
  const wait = workers === 1 ? stations.backlog(server) : waitFor(stations, attempts, server);
  return (wait + demand) / speed;
}

/** Returns the work of the worker that is free first, after every request that waits already has had a worker. */
function waitFor(stations: Stations, { work }: AttemptTable, server: number): number {
  const busy = stations.served[server] as number;
  const free = new Float64Array(busy);
  let seen = 0;
  // The requests in service come first, then those that wait, in their order.
  for (const slot of stations.on(server)) {
    if (seen < busy) free[seen++] = stations.left(server, slot);
    else free[earliest(free)] = (free[earliest(free)] as number) + (work[slot] as number);
  }
  return free[earliest(free)] as number;
}

function earliest(times: Float64Array): number {
  let best = 0;
  for (let i = 1; i < times.length; i++)
    if ((times[i] as number) < (times[best] as number)) best = i;
  return best;
}

/** Returns the sum of the times in system of requests with this work left, which share `cores` cores of speed 1. */
function totalTime(left: readonly number[], cores: number): number {
  const sorted = Float64Array.from(left).sort();
  let total = 0;
  let done = 0;
  for (const [i, work] of sorted.entries()) {
    const present = sorted.length - i;
    total += (work - done) * present * Math.max(1, present / cores);
    done = work;
  }
  return total;
}
