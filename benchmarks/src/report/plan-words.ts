// Words about how a workload was measured, and what did not work.
import type { Failure, WorkloadReport } from "../run/run-workload.ts";

/** How often, how long, and by which generator. */
export function planWords({ plan }: WorkloadReport): string {
  const { rounds, seconds, generator, rate } = plan;
  const load = rate === undefined ? "" : ` at ${rate} requests/s`;
  return `${rounds} round${rounds === 1 ? "" : "s"} of ${seconds} s${load} by ${generator.name}`;
}

/** A line about a peer that failed. */
export function failureWords({ peer, step, why }: Failure): string {
  return `${peer}: ${step} failed: ${why}`;
}
