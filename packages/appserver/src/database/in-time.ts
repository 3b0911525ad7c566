// Limits how long an answer may take.
import type { Clock } from "@tandem/transport";

/**
 * Settles as `answer` does. If `answer` takes longer than `ms` milliseconds, rejects with the error that `late` makes.
 * With an `ms` of 0 there is no limit.
 */
export function inTime<T>(
  clock: Clock,
  ms: number,
  answer: Promise<T>,
  late: () => Error,
): Promise<T> {
  if (ms === 0) return answer;
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(late()));
    answer.then(resolve, reject).finally(() => timer.cancel());
  });
}
