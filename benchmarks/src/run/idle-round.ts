// Makes one measurement of idle connections: resident memory before they are opened, and while they are open.
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadResult } from "../load/load.ts";
import { cpuSecondsBetween, usageOfTree } from "../process/usage.ts";
import { smallKeepalive } from "../workloads/small-keepalive.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Bench } from "./bench-setup.ts";
import { jobFor, type LoadPlan, loadRound, requireValid } from "./load-round.ts";
import type { Figures } from "./result.ts";
import type { RunningPeer } from "./running-peer.ts";

const SETTLE_MS = 300;

/** Opens the workload's connections on a freshly started peer. The memory that it returns is per connection. */
export async function idleRound(
  running: RunningPeer,
  workload: Workload,
  plan: LoadPlan,
  bench: Bench,
): Promise<Figures> {
  // The first requests let the peer's heap, caches and compiled code grow before the first measurement. So the
  // difference between the two measurements is the memory of connections only.
  await loadRound(running, smallKeepalive, plan, bench);
  await sleep(SETTLE_MS);
  const before = usageOfTree(running.pid);
  const job = jobFor(workload, running.port, plan);
  await using holder = await bench.load.startNode("idle-process.ts", [JSON.stringify(job)]);
  const load = JSON.parse(await holder.nextLine()) as LoadResult;
  requireValid(load, "the client");
  await sleep(SETTLE_MS);
  const after = usageOfTree(running.pid);
  const cpuSeconds = cpuSecondsBetween(before, after);
  return {
    requestsPerSecond: load.requests / load.seconds,
    cpuMicrosecondsPerRequest: (cpuSeconds * 1e6) / job.connections,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
    p999Ms: load.p999Ms,
    rssBytes: (after.rssBytes - before.rssBytes) / job.connections,
    busy: cpuSeconds / load.seconds,
  };
}
