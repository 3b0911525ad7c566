// Rendezvous hashing, or highest random weight (Thaler & Ravishankar 1998; weights by the
// logarithmic method, Schindelhauer & Schomaker 2005): a hash of the key and the server gives every
// server a number, and the server with the highest number gets the key. A pick is O(n) for n
// servers. There is no table, weights are exact, and a change of the servers moves only the keys
// that have to move.
import { mix32, murmur3 } from "./murmur3.ts";
import type { PlacedServer, Placement } from "./placement.ts";

const TWO_32 = 2 ** 32;

export class Rendezvous implements Placement {
  #seeds = new Int32Array(0);
  #weights = new Float64Array(0);
  #equal = true;

  update(servers: readonly PlacedServer[]): void {
    this.#seeds = Int32Array.from(servers, ({ name }) => murmur3(name));
    this.#weights = Float64Array.from(servers, ({ weight }) => weight);
    this.#equal = servers.every(({ weight }) => weight === servers[0]?.weight);
  }

  at(key: number): number {
    return this.#equal ? this.#highest(key) : this.#first(key);
  }

  /**
   * Returns the server that gets the key when all weights are equal. The logarithm is left out,
   * because it takes time and would not change the order of the numbers.
   */
  #highest(key: number): number {
    const seeds = this.#seeds;
    let best = -1;
    let highest = -1;
    for (let i = 0; i < seeds.length; i++) {
      const number = mix32(key ^ (seeds[i] ?? 0));
      if (number <= highest) continue;
      highest = number;
      best = i;
    }
    return best;
  }

  /**
   * Returns the server that gets the key when weights differ. With a uniform random number u and
   * the weight w, the number -ln(u) / w has the distribution Exp(w), so a server has the smallest
   * of these numbers with probability w / Σw. Since -ln(u) ≥ 1 - u, most servers are ruled out
   * before their logarithm is computed.
   */
  #first(key: number): number {
    const seeds = this.#seeds;
    let best = -1;
    let first = Number.POSITIVE_INFINITY;
    for (let i = 0; i < seeds.length; i++) {
      const u = (mix32(key ^ (seeds[i] ?? 0)) + 0.5) / TWO_32;
      const weight = this.#weights[i] ?? 0;
      const least = first * weight;
      if (1 - u >= least) continue;
      const time = -Math.log(u);
      if (time >= least) continue;
      first = time / weight;
      best = i;
    }
    return best;
  }
}
