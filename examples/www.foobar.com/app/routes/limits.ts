// How often an address may try, in each process.
import type { Site } from "../site.ts";

const MINUTE_MS = 60_000;

/** Guessing passwords and filling the table with people is slowed down. */
export function guarded(site: Site) {
  return { config: { rateLimit: { max: site.attempts, timeWindow: MINUTE_MS } } };
}

/** No person writes so fast; a script is slowed down. What is sent is read first, so that it can be shown again. */
export function unhurried(site: Site) {
  const rateLimit = { max: site.attempts * 3, timeWindow: MINUTE_MS, hook: "preHandler" } as const;
  return { config: { rateLimit } };
}
