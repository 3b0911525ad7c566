// The environment in which a tier's process is started.
import type { TierName } from "./topology.ts";

/** The tiers that work in one thread. The data threads of a balancer would wait for each other at a common arena. */
const IN_ONE_THREAD: readonly TierName[] = ["webserver", "appserver"];

/**
 * Returns our own environment with what glibc should do otherwise in this tier. By default glibc gives each of Node's
 * helper threads an arena of its own, and these keep what a start has freed. With one arena an idle appserver takes 10 MB
 * less, and a request costs what it did. An operator's own value counts.
 */
export function tierEnvironment(tier: TierName): NodeJS.ProcessEnv {
  return IN_ONE_THREAD.includes(tier) ? { MALLOC_ARENA_MAX: "1", ...process.env } : process.env;
}
