// Finds out whether nohup has started the command, which then goes on when its terminal is closed. nohup makes its
// program ignore SIGHUP, but Node gives every signal its default effect back before any script runs. So what else nohup
// leaves has to tell.
import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** What nohup leaves. */
export interface Traces {
  /** The variable `_`: the command that the shell ran. nohup becomes its program, which keeps the variable. */
  readonly command: string | undefined;
  /** What stdin leads to, and its flags in octal as /proc/PID/fdinfo has them; undefined where there is no /proc. */
  readonly stdin: { readonly path: string; readonly flags: string } | undefined;
}

const ACCESS_MODE = 0o3;
const WRITE_ONLY = 0o1;

/** Whether nohup has started this process. */
export function startedByNohup({ command = "", stdin }: Traces = ownTraces()): boolean {
  if (basename(command) === "nohup") return true;
  if (stdin?.path !== "/dev/null") return false;
  // In place of a terminal nohup opens /dev/null for writing alone, so that reading fails.
  return (Number.parseInt(stdin.flags, 8) & ACCESS_MODE) === WRITE_ONLY;
}

function ownTraces(): Traces {
  const { _: command } = process.env;
  try {
    const [, flags = ""] =
      /^flags:\s+(\d+)$/m.exec(readFileSync("/proc/self/fdinfo/0", "utf8")) ?? [];
    return { command, stdin: { path: readlinkSync("/proc/self/fd/0"), flags } };
  } catch {
    return { command, stdin: undefined };
  }
}
