/**
 * How many milliseconds a tier may take to start, or to check its settings. A start costs 2 to 4 s of CPU time, and
 * several programs start at once when a machine boots, so that the limit leaves much more. Three tiers, one after the
 * other, stay within the 90 s that systemd gives to a start.
 */
export const START_LIMIT_MS = 30_000;
