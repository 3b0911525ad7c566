// Divides traffic among failover levels: level 0 takes as much as it can, the next level takes the traffic that is left
// (Envoy, "priority levels"; its tables are the tests). When all levels together cannot take all requests, the loads
// are scaled up to 100 %. When no server is up, each level's load is in proportion to its number of servers.
import { availability, type GroupHealth, OVERPROVISIONING } from "./availability.ts";

/**
 * Returns the share of the traffic that each level gets. The shares sum to 1, or are all 0 when there are no servers.
 */
export function priorityLoads(
  levels: readonly GroupHealth[],
  overprovisioning = OVERPROVISIONING,
): number[] {
  const available = levels.map((level) => availability(level, overprovisioning));
  const whole = totalAvailability(available);
  if (whole === 0) return shareOut(levels.map(({ total }) => total));
  let left = 1;
  return available.map((part) => {
    const load = Math.min(left, part / whole);
    left -= load;
    return load;
  });
}

/** Returns the share of the load that all levels together can take, at most 1. */
export function totalAvailability(available: readonly number[]): number {
  return Math.min(
    1,
    available.reduce((sum, part) => sum + part, 0),
  );
}

/** Scales the parts so that they sum to 1; all are 0 when their sum is 0. */
export function shareOut(parts: readonly number[]): number[] {
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => (sum === 0 ? 0 : part / sum));
}
