// Waiting for the last work of a process, but not forever.
import type { TelemetryClock } from "./options.ts";

/** How long a flush may take. */
export const FLUSH_BOUND_MS = 2000;

const HOLD_MS = 60_000;

/**
 * Resolves when `work` has, or after `ms`. Keeps the process alive meanwhile: the clock's timers do
 * not, and Node would leave in the middle (exit code 13) when nothing else is open.
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
