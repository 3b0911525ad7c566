// Limits how many requests per minute one client address may send to each process.
import type { Site } from "../site.ts";

const MINUTE_MS = 60_000;

/** Returns the limit for log-ins and sign-ups. It slows down the guessing of passwords and mass sign-ups. */
export function guarded(site: Site) {
  return { config: { rateLimit: { max: site.attempts, timeWindow: MINUTE_MS } } };
}

/**
 * Returns the limit for writing. It slows down scripts only, because no person writes so fast. The body is read before
 * the limit is checked, so that the text of a refused form can be shown again.
 */
export function unhurried(site: Site) {
  const rateLimit = { max: site.attempts * 3, timeWindow: MINUTE_MS, hook: "preHandler" } as const;
  return { config: { rateLimit } };
}
