// Works out the part of its traffic that a group of servers can take (Envoy's health score): the share of servers
// that are up, times an overprovisioning factor, in whole per cent. With the factor 1.4 the group can take all of its
// traffic while at least 72 % of its servers are up.

/** How many servers a group has, and how many of them are up. */
export interface GroupHealth {
  readonly up: number;
  readonly total: number;
}

export const OVERPROVISIONING = 1.4;

/** Returns the share of a group's load that the group can take: 0 to 1, in steps of 1 %. */
export function availability(
  { up, total }: GroupHealth,
  overprovisioning = OVERPROVISIONING,
): number {
  if (total === 0) return 0;
  // 1e-9 corrects the rounding of binary fractions: 1.4 × 50 of 100 must be 70 %, not 69.
  const percent = Math.floor((overprovisioning * 100 * up) / total + 1e-9);
  return Math.min(100, percent) / 100;
}
