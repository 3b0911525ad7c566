// Rendezvous hashing, or highest random weight (Thaler & Ravishankar 1998; weights by the logarithmic method,
// Schindelhauer & Schomaker 2005): every server draws a number from the key, the highest wins. O(n) a key, no
// table; exact weights, and a change moves only the keys it must.
import { mix32, murmur3 } from "./murmur3.ts";
import type { PlacedServer, Placement } from "./placement.ts";

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
    const seeds = this.#seeds;
    let best = -1;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < seeds.length; i++) {
      const number = mix32(key ^ (seeds[i] ?? 0));
      // Of equal weights the logarithm changes nothing but the time it takes.
      const score = this.#equal ? number : this.#weighted(number, this.#weights[i] ?? 0);
      if (score <= highest) continue;
      highest = score;
      best = i;
    }
    return best;
  }

  /** An exponential race: -ln(u) / w is Exp(w), and the smallest of those wins with probability w / Σw. */
  #weighted(number: number, weight: number): number {
    return -weight / Math.log((number + 0.5) / 2 ** 32);
  }
}
