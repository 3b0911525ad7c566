// Counts the wrong answers of one job by reason.

/** How many times each thing went wrong, such as `{ "status 502": 12 }`. */
export type Wrong = Readonly<Record<string, number>>;

/** The reason for a request whose answer had not come at the end of the wait for the last answers. */
export const NEVER_ANSWERED = "never answered";

export class WrongAnswers {
  readonly #counts = new Map<string, number>();

  /** Adds `times` to the count of `reason`; 0 adds nothing. */
  add(reason: string, times = 1): void {
    if (times > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + times);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  toJSON(): Wrong {
    return Object.fromEntries(this.#counts);
  }
}

/** Returns what is wrong with an answer of that status and length; "" = nothing. */
export function wrongWith(status: number, bytes: number, expectBytes: number): string {
  if (status !== 200) return `status ${status} instead of 200`;
  return bytes === expectBytes ? "" : `a body of ${bytes} bytes instead of ${expectBytes}`;
}
