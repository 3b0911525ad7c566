// Draws a random server by weight. A draw needs one random number. When the weights differ, it also
// needs a binary search in the cumulative weights (as in ngx_http_upstream_random_module.c). O(1)
// when the weights are equal, else O(log n) for n servers.
import type { Dice } from "../dice.ts";

export class WeightedDraw {
  readonly #dice: Dice;
  #length = 0;
  #equal = true;
  /**
   * For each server, the sum of the weights up to and including its own. Empty when all weights are
   * equal.
   */
  #upTo = new Float64Array(0);

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  update(weights: readonly number[]): void {
    this.#length = weights.length;
    this.#equal = weights.every((weight) => weight === weights[0]);
    let sum = 0;
    this.#upTo = this.#equal ? new Float64Array(0) : Float64Array.from(weights, (w) => (sum += w));
  }

  /** Draws a server and returns its index; -1 when there are no servers. */
  draw(): number {
    const last = this.#length - 1;
    if (this.#equal) return last < 0 ? -1 : this.#dice.below(this.#length);
    const upTo = this.#upTo;
    const at = this.#dice.share() * (upTo[last] ?? 0);
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((upTo[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
