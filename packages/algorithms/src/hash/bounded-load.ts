// Consistent hashing with bounded loads (Mirrokni, Thorup & Zadimoghaddam 2016): no server may hold more than a factor
// times its fair share of the requests in flight, including the request to be placed.

/**
 * Returns the most requests that a server of `weight` may hold, when `inFlight` requests are in flight over all servers
 * and one more comes.
 */
export function boundedCap(
  factor: number,
  inFlight: number,
  weight: number,
  totalWeight: number,
): number {
  return Math.ceil((factor * (inFlight + 1) * weight) / totalWeight);
}

/**
 * Returns for each server the most requests that it may hold by HAProxy's rule (lb_chash.c). All servers together may
 * hold `percent` % (hash-balance-factor) of the requests in flight, the new one included. Each server gets a share of
 * this total in proportion to its weight, in whole numbers. A server whose share is 0 may still hold 1.
 */
export function haproxyCaps(
  percent: number,
  inFlight: number,
  weights: readonly number[],
): readonly number[] {
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  const slots = Math.ceil(((inFlight + 1) * percent) / 100);
  const perWeight = Math.floor(slots / totalWeight);
  const remainder = slots % totalWeight;
  let before = 0;
  return weights.map((weight) => {
    const share = (upTo: number) => Math.floor((upTo * remainder) / totalWeight);
    const cap = weight * perWeight + share(before + weight) - share(before);
    before += weight;
    return Math.max(1, cap);
  });
}
