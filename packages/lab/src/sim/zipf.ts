// Zipf's law: the kth most popular of n keys gets a share of the requests in proportion to 1/k^s. A draw is a binary
// search in the cumulated shares, which is exact and needs one uniform number.

export class Zipf {
  readonly #bounds: Float64Array;

  constructor(count: number, exponent: number) {
    this.#bounds = new Float64Array(count);
    let sum = 0;
    for (let k = 0; k < count; k++) {
      sum += (k + 1) ** -exponent;
      this.#bounds[k] = sum;
    }
    for (let k = 0; k < count; k++) (this.#bounds[k] as number) /= sum;
  }

  /** Turns a random number that is uniform in [0, 1) into a key, by Zipf's law; 0 = the most popular key. */
  draw(uniform: number): number {
    let low = 0;
    let high = this.#bounds.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#bounds[middle] as number) <= uniform) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
