// Limits how long an answer may take.
import type { Clock } from "@tandem/transport";

/**
 * Settles with the result of `answer`. If `answer` takes longer than `ms`, rejects with the error that `late` makes. 0
 * = no limit.
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
