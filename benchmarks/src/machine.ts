// What the figures were measured on; they mean nothing without it.
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  readonly pinning: string;
  readonly mode: string;
  readonly date: string;
  /** The load of the minute before the run: other work on the machine makes every figure worse. */
  readonly loadAverage: number;
}

/** A warning when the machine had other work before the run, or `undefined`. */
export function busyWarning({ loadAverage, cores }: Machine): string | undefined {
  return loadAverage <= cores / 4
    ? undefined
    : "This machine had other work: figures are worse, and spreads wider, than they would be without.";
}

/** This machine, and how it was used. */
export function describeMachine(run: Pick<Machine, "pinning" | "mode">): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`,
    node: process.versions.node,
    ...run,
    date: new Date().toISOString(),
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
