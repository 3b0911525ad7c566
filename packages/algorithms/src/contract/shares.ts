// Counts which servers a picker gives requests to.
import { fakes, type Open, seeded, world } from "./fake.ts";

/**
 * Returns how many of `picks` requests each server gets. Each request ends at once, so nothing is
 * in flight.
 */
export function shares(open: Open, weights: readonly number[], picks: number, seed = 1): number[] {
  const list = fakes(weights);
  const { picker, clock } = world(open, seed);
  picker.update(list);
  const rng = seeded(seed + 1);
  const counts = new Map(list.map((server) => [server, 0]));
  for (let i = 0; i < picks; i++) {
    clock.now += 1;
    const key = Math.floor(rng() * 2 ** 32);
    const server = picker.pick({ key, tried: [] });
    if (server === undefined) throw new Error("no server picked");
    counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  return [...counts.values()];
}
