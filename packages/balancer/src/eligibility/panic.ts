// When too many servers of a group are down, either the other servers would be overloaded or the health checks are
// wrong. Then the health of the group's servers is ignored (Envoy's panic threshold, 50 %), unless other groups can
// take all requests. In a small group, a threshold of 50 % would send requests to dead servers while others work. So a
// group of fewer than `smallest` servers panics only when no server is up: the last working server keeps all requests.
import type { GroupHealth } from "./availability.ts";

export interface Panic {
  /**
   * Health is ignored when the share of servers that are up is below this number, 0 to 1. With 0, health is never
   * ignored while one server is up.
   */
  readonly threshold: number;
  /** A group with fewer servers than this panics only when no server is up. */
  readonly smallest: number;
  /** Whether requests are sent to servers that are down when no server is up. */
  readonly keepOne: boolean;
}

export const DEFAULT_PANIC: Panic = { threshold: 0.5, smallest: 10, keepOne: true };

/**
 * Returns whether a group ignores health. `whole` is the share of the load that all groups together can take, 0 to 1.
 */
export function inPanic({ up, total }: GroupHealth, whole: number, panic: Panic): boolean {
  if (total === 0 || whole >= 1) return false;
  if (up === 0 && whole === 0) return panic.keepOne;
  return total >= panic.smallest && up / total < panic.threshold;
}
