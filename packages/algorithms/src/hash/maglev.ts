// Maglev hashing (Eisenbud et al., "Maglev: a fast and reliable software network load balancer",
// NSDI'16, §3.4). A table has a server for each slot. To fill the table, each server in turn takes
// a slot: the next free one in the order of its own permutation. A pick is O(1). With equal
// weights, the servers' numbers of slots differ by at most one. When a server leaves, a few keys of
// the other servers move too. Weights follow Envoy's rule (maglev_lb.cc): a server of low weight
// skips some of its turns.
import { murmur3 } from "./murmur3.ts";
import type { Layout, PlacedServer, Placement } from "./placement.ts";

/**
 * The order in which a server tries the slots: offset, offset + skip, offset + 2 · skip, … modulo
 * the table's size.
 */
export interface Permutation {
  readonly offset: number;
  /** From 1 to size - 1. The table's size is prime, so the permutation reaches every slot. */
  readonly skip: number;
  readonly weight: number;
}

/** Makes a table of `size` slots, which holds for each slot the index of its server. */
export function maglevTable(permutations: readonly Permutation[], size: number): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const next = Int32Array.from(permutations, ({ offset }) => offset);
  const skips = Int32Array.from(permutations, ({ skip }) => skip);
  const weights = Float64Array.from(permutations, ({ weight }) => weight);
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const target = new Float64Array(permutations.length);
  for (let filled = 0, turn = 1; permutations.length > 0; turn++) {
    for (let i = 0; i < permutations.length; i++) {
      if (turn * (weights[i] ?? 0) < (target[i] ?? 0)) continue;
      target[i] = (target[i] ?? 0) + heaviest;
      const skip = skips[i] ?? 1;
      let slot = next[i] ?? 0;
      while (table[slot] !== -1) slot = slot + skip < size ? slot + skip : slot + skip - size;
      table[slot] = i;
      next[i] = slot;
      if (++filled === size) return table;
    }
  }
  return table;
}

export class Maglev implements Placement {
  readonly #size: number;
  #table = new Int32Array(0);

  constructor(size: number) {
    if (!isPrime(size)) throw new RangeError(`tableSize ${size} is not a prime; 65537 is one`);
    this.#size = size;
  }

  update(servers: readonly PlacedServer[]): void {
    const size = this.#size;
    const permutations = servers.map(({ name, weight }) => ({
      offset: murmur3(name, 0) % size,
      skip: (murmur3(name, 1) % (size - 1)) + 1,
      weight,
    }));
    this.#table = maglevTable(permutations, size) as Int32Array<ArrayBuffer>;
  }

  inspect(): Layout {
    return { owners: this.#table.slice() };
  }

  at(key: number): number {
    return this.#table[key % this.#size] ?? -1;
  }
}

/** Whether a whole number is a prime, as the size of Maglev's table must be. */
export function isPrime(number: number): boolean {
  if (!Number.isInteger(number) || number < 2) return false;
  for (let divisor = 2; divisor * divisor <= number; divisor++)
    if (number % divisor === 0) return false;
  return true;
}
