// How many descriptors (files, sockets) this process may have open. Node raises the soft limit to the hard
// one when it starts, so the process cannot get more than the limit that is read here. A higher limit has to
// be set before the start.
import { readFileSync } from "node:fs";

/** The limit in `text`, the content of /proc/PID/limits; infinite when there is none. */
export function descriptorLimitIn(text: string): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(text) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

/** The limit of this process; infinite when it is unknown, which is the case outside Linux. */
export function descriptorLimit(): number {
  try {
    return descriptorLimitIn(readFileSync("/proc/self/limits", "latin1"));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
