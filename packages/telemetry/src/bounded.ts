// Waits for the last work of a process, but only for a limited time.
import type { TelemetryClock } from "./options.ts";

/** How many milliseconds the last writes and uploads of a process may take when it ends. */
export const FLUSH_BOUND_MS = 2000;

const HOLD_MS = 60_000;

/**
 * Resolves when `work` has resolved, or after `ms`. It keeps the process alive meanwhile. The clock's timers do not
 * keep the process alive: when nothing else is open, Node would exit in the middle of the work (exit code 13).
 */
export async function bounded(
  clock: TelemetryClock,
  ms: number,
  work: Promise<unknown>,
): Promise<void> {
  const bound = Promise.withResolvers<void>();
  const timer = clock.after(ms, bound.resolve);
  // rule zero: the injected clock's timers never keep a process alive, and this one must
  const hold = setInterval(() => undefined, HOLD_MS);
  await Promise.race([work, bound.promise]);
  timer.cancel();
  clearInterval(hold);
}
