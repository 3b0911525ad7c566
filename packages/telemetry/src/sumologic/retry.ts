// Computes how long to wait before the next attempt: exponential backoff with equal jitter (half fixed, half random),
// or the server's Retry-After (RFC 9110 §10.2.3) when that is longer.

const FIRST_MS = 500;
const LONGEST_MS = 60_000;
const RETRY_AFTER_LONGEST_MS = 300_000;

/** Returns how many milliseconds to wait after the `failures`th failure in a row; `random` is uniform in [0, 1). */
export function backoff(failures: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return full / 2 + (full / 2) * random;
}

/**
 * Reads a Retry-After field, seconds or a date, as milliseconds from `wallMs`; 0 when the field is missing or
 * invalid.
 */
export function retryAfter(field: string | undefined, wallMs: number): number {
  if (field === undefined) return 0;
  const ms = /^\d+$/.test(field) ? Number(field) * 1000 : Date.parse(field) - wallMs;
  return ms > 0 ? Math.min(ms, RETRY_AFTER_LONGEST_MS) : 0;
}
