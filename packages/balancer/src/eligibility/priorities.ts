// Failover groups: priority 0 takes what it can, the next takes what is left (Envoy, "priority levels", with its
// tables as tests). When all together cannot take everything, loads are scaled up to 100 %; when nobody is up, they
// follow the number of servers.
import { availability, type GroupHealth, OVERPROVISIONING } from "./availability.ts";

/** The share of the traffic of each level, summing to 1; nothing without servers. */
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

/** What all levels together can take, at most 1. */
export function totalAvailability(available: readonly number[]): number {
  return Math.min(
    1,
    available.reduce((sum, part) => sum + part, 0),
  );
}

/** Parts as shares of their sum; zeros when the sum is 0. */
export function shareOut(parts: readonly number[]): number[] {
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => (sum === 0 ? 0 : part / sum));
}
