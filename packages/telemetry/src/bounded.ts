// Waits for the last work of a process, but only for a limited time.
import type { TelemetryClock } from "./options.ts";

/** How many milliseconds the last writes and uploads of a process may take when it ends. */
export const FLUSH_BOUND_MS = 2000;

const HOLD_MS = 60_000;

/**
 * Resolves when `work` has resolved, or after `ms`. Keeps the process alive until then, which the
 * clock's timers do not do. Otherwise Node would exit in the middle of the work when nothing else
 * is open (exit code 13).
 */
export async function bounded(
  clock: TelemetryClock,
  ms: number,
  work: Promise<unknown>,
): Promise<void> {
  const bound = Promise.withResolvers<void>();
  const timer = clock.after(ms, bound.resolve);
  // rule zero: (CONTRIBUTING.md) not the injected clock, because its timers do not keep the process alive
  const hold = setInterval(() => undefined, HOLD_MS);
  await Promise.race([work, bound.promise]);
  timer.cancel();
  clearInterval(hold);
}
