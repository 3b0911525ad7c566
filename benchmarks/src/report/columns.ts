// The columns of a report's tables.
import type { Measured } from "../run/result.ts";
import type { WorkloadReport } from "../run/run-workload.ts";
import { costRatio } from "./comparison.ts";
import { figure, memory, percent } from "./format.ts";

export interface Column {
  readonly head: string;
  /** The width in characters, for tables in text form. */
  readonly width: number;
  readonly cell: (row: Measured, all: WorkloadReport) => string;
}

const MEMORY = "MiB";

/** The columns after the peer's name. */
export const COLUMNS: readonly Column[] = [
  { head: "version", width: 8, cell: ({ result }) => result.version },
  { head: "req/s", width: 8, cell: ({ result }) => figure(result.requestsPerSecond) },
  { head: "CPU µs/rq", width: 10, cell: ({ result }) => figure(result.cpuMicrosecondsPerRequest) },
  {
    head: "us/peer",
    width: 8,
    cell: (row, all) => figure(costRatio(row, all)?.median ?? Number.NaN),
  },
  { head: "spread", width: 7, cell: ({ result }) => percent(result.spread) },
  { head: "core", width: 6, cell: ({ busy }) => percent(busy) },
  { head: "p50 ms", width: 7, cell: ({ result }) => figure(result.p50Ms) },
  { head: "p99", width: 7, cell: ({ result }) => figure(result.p99Ms) },
  { head: "p99.9", width: 7, cell: ({ result }) => figure(result.p999Ms) },
  { head: MEMORY, width: 6, cell: ({ result }, all) => memory(result.rssBytes, all.workload.kind) },
];

/**
 * Returns the head of a column in the table of a workload. With idle connections the column for
 * memory shows KiB per connection.
 */
export function columnHead({ head }: Column, { workload }: WorkloadReport): string {
  return head === MEMORY && workload.kind === "idle" ? "KiB/c" : head;
}
