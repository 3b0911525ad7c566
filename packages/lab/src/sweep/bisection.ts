// Finds the highest load at which a measure still keeps to its limit, by bisection. With one seed, all loads meet the same
// random numbers: the same requests, closer together. So the measure grows with the load nearly without noise, and one
// value of each seed is found; the values of several seeds are independent, and have a mean and an interval.

export interface Bounds {
  readonly lowest: number;
  readonly highest: number;
  /** The search ends when the load is known to within this share of it. */
  readonly tolerance: number;
}

/** The found load, or that the limit is kept at none or at all of the loads between the bounds. */
export type Found = { readonly load: number } | { readonly kept: "never" | "always" };

/** Searches. `keeps` says whether the limit is kept at a load; it is asked one load at a time. */
export async function highestLoad(
  { lowest, highest, tolerance }: Bounds,
  keeps: (load: number) => Promise<boolean>,
): Promise<Found> {
  if (!(await keeps(lowest))) return { kept: "never" };
  if (await keeps(highest)) return { kept: "always" };
  let [low, high] = [lowest, highest];
  while (high - low > tolerance * low) {
    // Rounded, so that the loads of a search are short numbers, and the same ones whatever the machine.
    const middle = Number(((low + high) / 2).toPrecision(6));
    if (middle <= low || middle >= high) break;
    if (await keeps(middle)) low = middle;
    else high = middle;
  }
  return { load: low };
}
