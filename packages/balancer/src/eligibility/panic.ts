// When so many servers of a group are down that the rest would be crushed, or that the health checks must be
// wrong, health is ignored (Envoy's panic threshold, 50 %), unless other groups can take it all. In a small
// group that rule sends traffic to servers known to be dead while others live, so below `smallest` servers a group
// panics only when none is up: the last server always stays.
import type { GroupHealth } from "./availability.ts";

export interface Panic {
  /** Up share below which health is ignored, 0 to 1; 0 = never while one is up. */
  readonly threshold: number;
  /** Groups with fewer servers panic only when none is up. */
  readonly smallest: number;
  /** Whether servers that are down are tried when none is up at all. */
  readonly keepOne: boolean;
}

export const DEFAULT_PANIC: Panic = { threshold: 0.5, smallest: 10, keepOne: true };

/** Whether a group ignores health. `total` is what all groups together can take, 0 to 1. */
export function inPanic({ up, total }: GroupHealth, whole: number, panic: Panic): boolean {
  if (total === 0 || whole >= 1) return false;
  if (up === 0 && whole === 0) return panic.keepOne;
  return total >= panic.smallest && up / total < panic.threshold;
}
