// Texts about how a workload was measured, and which peers failed.
import type { Failure, WorkloadReport } from "../run/run-workload.ts";

/** How often, how long, and by which generator; idle connections need none, and take as long as they take. */
export function planWords({ workload, plan }: WorkloadReport): string {
  const { rounds, seconds, generator, rate } = plan;
  if (workload.kind === "idle") return `${rounds} round${rounds === 1 ? "" : "s"}`;
  const load = rate === undefined ? "" : ` at ${rate} requests/s`;
  return `${rounds} round${rounds === 1 ? "" : "s"} of ${seconds} s${load} by ${generator.name}`;
}

/** A line about a peer that failed. */
export function failureWords({ peer, step, why }: Failure): string {
  return `${peer}: ${step} failed: ${why}`;
}
