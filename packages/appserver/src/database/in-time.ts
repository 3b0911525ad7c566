// Limits how long a promise may take to settle.
import type { Clock } from "@tandem/transport";

/**
 * Settles as the promise `answer` does, or after `ms` milliseconds rejects with the error that `late` returns. With
 * an `ms` of 0 there is no limit. The work behind `answer` is not stopped.
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
