// How often a client address may try, in each process.
import type { Site } from "../site.ts";

const MINUTE_MS = 60_000;

/** Slows down guessing of passwords and mass sign-ups. */
export function guarded(site: Site) {
  return { config: { rateLimit: { max: site.attempts, timeWindow: MINUTE_MS } } };
}

/** No person writes so fast, so this slows down scripts. The body is read first, so that it can be shown again. */
export function unhurried(site: Site) {
  const rateLimit = { max: site.attempts * 3, timeWindow: MINUTE_MS, hook: "preHandler" } as const;
  return { config: { rateLimit } };
}
