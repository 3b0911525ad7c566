// Measures a command that ends by itself: `--help`, `--version`, `status`. GNU time reads what the kernel counted for the
// process and its children.
import { spawnSync } from "node:child_process";
import { searchPath } from "../process/on-path.ts";
import { median } from "../run/statistics.ts";

export interface CommandCost {
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** CPU time in user and kernel mode. */
  readonly cpuSeconds: number;
  /** The largest resident memory at any moment, in bytes. */
  readonly mostRss: number;
}

const FORMAT = "%e %U %S %M";

/** Runs `command` so many times and returns the median of each figure. Its exit code and its output do not matter. */
export function commandCost(command: readonly string[], times: number): CommandCost {
  const runs = Array.from({ length: times }, () => once(command));
  const of = (figure: keyof CommandCost): number => median(runs.map((run) => run[figure]));
  return { seconds: of("seconds"), cpuSeconds: of("cpuSeconds"), mostRss: of("mostRss") };
}

function once(command: readonly string[]): CommandCost {
  const env = { PATH: searchPath(), HOME: process.env.HOME };
  const run = spawnSync("time", ["--quiet", "-f", FORMAT, ...command], { encoding: "utf8", env });
  const last = run.stderr?.trim().split("\n").at(-1) ?? "";
  const figures = last.split(" ").map(Number);
  const [seconds, user, system, kibibytes] = figures;
  if (run.error !== undefined || figures.length !== 4 || figures.some(Number.isNaN))
    throw new Error(
      `time ${command.join(" ")}: ${run.error?.message ?? last}; install Debian's package 'time'`,
    );
  return {
    seconds: seconds ?? 0,
    cpuSeconds: (user ?? 0) + (system ?? 0),
    mostRss: (kibibytes ?? 0) * 1024,
  };
}
