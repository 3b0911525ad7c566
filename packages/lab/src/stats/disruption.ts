// Counts how many keys move when the servers change. A move is necessary when the key's server left, or when the key
// moves to a new server. All other moves are unnecessary.
import type { PlacedServer, Placement } from "@tandem/balancer/pickers";
import { mix } from "../sim/stream.ts";

export interface Disruption {
  /** The keys that moved, as shares of all keys. */
  readonly necessary: number;
  readonly extra: number;
  /** The standard deviation of the keys per server divided by the mean, after the change. */
  readonly spread: number;
}

/**
 * Places `keys` keys before and after the change. A move is necessary when it is from a server that left or to a server
 * that joined.
 */
export function disruption(
  placement: Placement,
  before: readonly PlacedServer[],
  after: readonly PlacedServer[],
  keys: number,
): Disruption {
  const owners = (servers: readonly PlacedServer[]) => {
    placement.update(servers);
    return Array.from(
      { length: keys },
      (_, key) => servers[placement.at(mix(key + 1) >>> 0)]?.name ?? "",
    );
  };
  const [old, now] = [owners(before), owners(after)];
  const remaining = new Set(after.map(({ name }) => name));
  const known = new Set(before.map(({ name }) => name));
  let necessary = 0;
  let extra = 0;
  for (const [key, owner] of now.entries()) {
    const former = old[key] ?? "";
    if (former === owner) continue;
    if (!remaining.has(former) || !known.has(owner)) necessary++;
    else extra++;
  }
  return { necessary: necessary / keys, extra: extra / keys, spread: spreadOf(now, after.length) };
}

function spreadOf(owners: readonly string[], servers: number): number {
  const counts = new Map<string, number>();
  for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  const mean = owners.length / servers;
  let squares = (servers - counts.size) * mean ** 2;
  for (const count of counts.values()) squares += (count - mean) ** 2;
  return Math.sqrt(squares / servers) / mean;
}
