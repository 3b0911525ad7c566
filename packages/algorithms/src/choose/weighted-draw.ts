// Draws a random server by weight. A draw needs one random number, and O(1) steps on average. When the weights differ,
// the server is looked up in the cumulative weights by indexed search (Chen and Asau, "On generating random variates from
// an empirical distribution", 1974): a table says from which server on to look. The server is the same as that of a
// binary search (ngx_http_upstream_random_module.c), whose steps a processor cannot predict.
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
  /** For each of n equal parts of the sum of the weights: the server at which the part begins, or one before it. */
  #guide = new Int32Array(0);

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  update(weights: readonly number[]): void {
    this.#length = weights.length;
    this.#equal = weights.every((weight) => weight === weights[0]);
    let sum = 0;
    this.#upTo = this.#equal ? new Float64Array(0) : Float64Array.from(weights, (w) => (sum += w));
    this.#guide = this.#equal ? new Int32Array(0) : guideTo(this.#upTo);
  }

  /** Draws a server and returns its index; -1 when there are no servers. */
  draw(): number {
    const last = this.#length - 1;
    if (this.#equal) return last < 0 ? -1 : this.#dice.below(this.#length);
    const upTo = this.#upTo;
    const share = this.#dice.share();
    const at = share * (upTo[last] ?? 0);
    let index = this.#guide[Math.floor(share * this.#length)] ?? 0;
    while (index < last && (upTo[index] ?? 0) <= at) index++;
    return index;
  }
}

/** A part begins a little earlier for the guide, so that rounding never makes it skip a server. */
const EARLIER = 1 - 2 ** -40;

function guideTo(upTo: Float64Array): Int32Array<ArrayBuffer> {
  const { length } = upTo;
  const total = upTo[length - 1] ?? 0;
  let index = 0;
  return Int32Array.from(upTo, (_, part) => {
    const begin = ((part * total) / length) * EARLIER;
    while (index < length - 1 && (upTo[index] ?? 0) <= begin) index++;
    return index;
  });
}
