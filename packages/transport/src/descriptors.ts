// How many descriptors (files, sockets) this process may have open. Node raises the soft limit to the hard limit when
// the process starts, so the process cannot get more than the limit that is read here. An operator who wants a higher
// limit has to set it before the start.
import { readFileSync } from "node:fs";

/**
 * Returns the soft limit of open files. `text` is the content of /proc/PID/limits. Infinite when `text` has no such
 * limit.
 */
export function descriptorLimitIn(text: string): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(text) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}

/**
 * Returns how many descriptors this process may have open. Infinite when the limit cannot be read, for example outside
 * Linux.
 */
export function descriptorLimit(): number {
  try {
    return descriptorLimitIn(readFileSync("/proc/self/limits", "latin1"));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
