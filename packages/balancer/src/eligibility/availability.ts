// How much of its load a group of servers can take: Envoy's health score, the healthy share times an
// overprovisioning factor, in whole per cent. With 1.4 a group is fully available down to 72 % healthy.

/** How many servers of a group (a priority level, a zone) are up, and how many there are. */
export interface GroupHealth {
  readonly up: number;
  readonly total: number;
}

export const OVERPROVISIONING = 1.4;

/** 0 to 1, whole per cents. */
export function availability(
  { up, total }: GroupHealth,
  overprovisioning = OVERPROVISIONING,
): number {
  if (total === 0) return 0;
  // The hair makes up for binary fractions: 1.4 × 50 of 100 is 70 %, not 69.
  const percent = Math.floor((overprovisioning * 100 * up) / total + 1e-9);
  return Math.min(100, percent) / 100;
}
