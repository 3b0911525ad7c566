// How many descriptors (files, sockets) this process may have open. Node raises the soft limit to the hard one as it
// starts, so the limit read here is all there is; more has to be given to the process before it starts.
import { readFileSync } from "node:fs";

/** The limit in `text`, a /proc/PID/limits; infinite where there is none. */
export function descriptorLimitIn(text: string): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(text) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

/** That of this process; infinite where it cannot be known, which is outside Linux. */
export function descriptorLimit(): number {
  try {
    return descriptorLimitIn(readFileSync("/proc/self/limits", "latin1"));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
