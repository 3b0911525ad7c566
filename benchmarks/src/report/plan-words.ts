// Writes how a workload was measured, and which peers failed.
import type { Failure, WorkloadReport } from "../run/run-workload.ts";

/**
 * Writes how many rounds there were, how long each took, and which generator made the load. Idle connections need no
 * generator, and their rounds have no fixed length.
 */
export function planWords({ workload, plan }: WorkloadReport): string {
  const { rounds, seconds, generator, rate, together } = plan;
  if (workload.kind === "idle") return `${rounds} round${rounds === 1 ? "" : "s"}`;
  const load = rate === undefined ? "" : ` at ${rate} requests/s`;
  const order = together ? ", all peers at once" : "";
  return `${rounds} round${rounds === 1 ? "" : "s"} of ${seconds} s${load} by ${generator.name}${order}`;
}

/** Writes a line about a peer that failed. */
export function failureWords({ peer, step, why }: Failure): string {
  return `${peer}: ${step} failed: ${why}`;
}
