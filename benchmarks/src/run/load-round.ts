// Makes one measurement under load: CPU time of the proxy before and after, requests in between.
import type { LoadJob, LoadResult } from "../load/load.ts";
import { BODY_BYTES } from "../origin/answers.ts";
import { cpuSecondsBetween, usageOfTree } from "../process/usage.ts";
import { jobPart, type Workload } from "../workloads/workload.ts";
import type { Bench } from "./bench-setup.ts";
import type { Plan } from "./plan.ts";
import type { Figures } from "./result.ts";
import type { RunningPeer } from "./running-peer.ts";

/** The part of a plan that one measurement needs. */
export type LoadPlan = Pick<Plan, "generator" | "seconds" | "rate">;

/** Returns the job of `workload` for a proxy on `port`. */
export function jobFor(workload: Workload, port: number, plan: LoadPlan): LoadJob {
  return {
    ...jobPart(workload),
    port,
    expectBytes: BODY_BYTES[workload.path] ?? 0,
    seconds: plan.seconds,
    ...(plan.rate === undefined ? {} : { rate: plan.rate }),
  };
}

/**
 * Throws unless every answer of a measurement was as expected. A proxy that answers wrongly does less work, so its
 * figures would mislead.
 */
export function requireValid({ requests, wrong }: LoadResult, generator: string): void {
  const reasons = Object.entries(wrong).map(([reason, count]) => `${count} × ${reason}`);
  if (reasons.length === 0 && requests > 0) return;
  const why = reasons.length === 0 ? "no request was answered" : reasons.join(", ");
  throw new Error(`refused, ${generator} saw ${why} (${requests} answers were right)`);
}

/** Puts load on a running peer and returns what that cost the peer. Throws when an answer is not as expected. */
export async function loadRound(
  running: RunningPeer,
  workload: Workload,
  plan: LoadPlan,
  bench: Bench,
): Promise<Figures> {
  const job = jobFor(workload, running.port, plan);
  let before = usageOfTree(running.pid);
  let after = before;
  const load = await plan.generator.run(job, bench.load, {
    begins: () => {
      before = usageOfTree(running.pid);
    },
    ends: () => {
      after = usageOfTree(running.pid);
    },
  });
  requireValid(load, plan.generator.name);
  const cpuSeconds = cpuSecondsBetween(before, after);
  return {
    requestsPerSecond: load.requests / load.seconds,
    cpuMicrosecondsPerRequest: (cpuSeconds * 1e6) / load.requests,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
    p999Ms: load.p999Ms,
    rssBytes: after.rssBytes,
    busy: cpuSeconds / load.seconds,
  };
}
