// All results of a run, and their form as JSON.
import type { Machine } from "../machine.ts";
import type { Result } from "../run/result.ts";
import type { Failure, WorkloadReport } from "../run/run-workload.ts";
import type { Estimate } from "../run/statistics.ts";
import { costRatio } from "./comparison.ts";

export interface Report {
  readonly machine: Machine;
  readonly workloads: readonly WorkloadReport[];
}

/** The object that `--json` writes. */
export interface JsonReport {
  readonly machine: Machine;
  readonly workloads: readonly JsonWorkload[];
}

interface JsonWorkload {
  readonly name: string;
  readonly generator: string;
  readonly rounds: number;
  readonly seconds: number;
  /** Whether all peers were under load at the same time. */
  readonly together: boolean;
  /** The peers that could not be measured, or not in every round. */
  readonly failed: readonly Failure[];
  readonly results: readonly Result[];
  /** Tandem's cost ÷ the peer's cost, compared round by round. */
  readonly ratios: readonly ({ readonly peer: string } & Estimate)[];
}

function jsonOf(report: WorkloadReport): JsonWorkload {
  const { workload, plan, measured, failed } = report;
  return {
    name: workload.name,
    generator: plan.generator.name,
    rounds: plan.rounds,
    seconds: plan.seconds,
    together: plan.together ?? false,
    failed,
    results: measured.map(({ result }) => result),
    ratios: measured.flatMap((row) => {
      const ratio = costRatio(row, report);
      return ratio === undefined ? [] : [{ peer: row.result.peer, ...ratio }];
    }),
  };
}

/**
 * Whether Tandem's balancer could not be measured in every round: that of this working tree, or that of the revision
 * that `--compare` names. The run then fails. Other peers may be missing.
 */
export function oursFailed({ workloads }: Report): boolean {
  return workloads.some(({ failed }) => failed.some(({ peer }) => peer.startsWith("tandem")));
}

export function toJson({ machine, workloads }: Report): JsonReport {
  return { machine, workloads: workloads.map(jsonOf) };
}
