// The machine on which a run's figures were measured. Figures of different machines cannot be
// compared, so every report names its machine.
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
  /** The system's load average of the minute before the run. Other work on the machine makes every figure worse. */
  readonly loadAverage: number;
}

/** Returns a warning when the machine had other work before the run, otherwise `undefined`. */
export function busyWarning({ loadAverage, cores }: Machine): string | undefined {
  return loadAverage <= cores / 4
    ? undefined
    : "This machine had other work: figures are worse, and spreads wider, than they would be without.";
}

/** Describes this machine, and how the run used it. */
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
