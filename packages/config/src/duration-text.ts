// Durations as people write them: a number with its unit. The configuration and the laboratory read them with these
// functions, which need neither Node nor zod.

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Matches a duration such as `250ms`, `2s` or `1m`. */
export const DURATION: RegExp = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** What a report says where a duration is expected. */
export const DURATION_WORDS = 'expected a duration such as "250ms", "2s" or "1m"';

/** Returns the milliseconds of a duration, rounded to whole ones; NaN for any other text. */
export function durationMs(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  const units: Readonly<Record<string, number>> = MILLISECONDS;
  return Math.round(Number(amount) * (units[unit ?? ""] ?? Number.NaN));
}

/** Writes `ms` as a duration, in the largest unit that gives a whole number. */
export function writtenDuration(ms: number): string {
  const fitting = Object.entries(MILLISECONDS).filter(([, size]) => ms % size === 0);
  const [unit, size] = fitting.at(ms === 0 ? 0 : -1) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}
