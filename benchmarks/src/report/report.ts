// Everything a run found out, and the JSON of it.
import type { Machine } from "../machine.ts";
import type { Result } from "../run/result.ts";
import type { WorkloadReport } from "../run/run-workload.ts";

export interface Report {
  readonly machine: Machine;
  readonly workloads: readonly WorkloadReport[];
}

/** What `--json` writes. */
export interface JsonReport {
  readonly machine: Machine;
  readonly workloads: readonly { readonly name: string; readonly results: readonly Result[] }[];
}

export function toJson({ machine, workloads }: Report): JsonReport {
  return {
    machine,
    workloads: workloads.map(({ workload, measured }) => ({
      name: workload.name,
      results: measured.map(({ result }) => result),
    })),
  };
}
