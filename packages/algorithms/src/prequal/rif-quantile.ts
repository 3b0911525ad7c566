// The distribution of requests in flight (RIF) in the latest probe answers, from which Prequal
// takes its threshold between hot and cold servers. The last WINDOW values are kept sorted, so that
// a quantile is one array read. A new value costs O(WINDOW), a pick O(1).

const WINDOW = 128;

export class RifQuantile {
  readonly #sorted = new Float64Array(WINDOW);
  readonly #arrived = new Float64Array(WINDOW);
  #length = 0;
  #oldest = 0;

  add(rif: number): void {
    if (this.#length === WINDOW) this.#remove(this.#arrived[this.#oldest] ?? 0);
    this.#arrived[this.#oldest] = rif;
    this.#oldest = (this.#oldest + 1) % WINDOW;
    const at = this.#place(rif);
    this.#sorted.copyWithin(at + 1, at, this.#length);
    this.#sorted[at] = rif;
    this.#length += 1;
  }

  /**
   * Returns the q-quantile of the reported requests in flight; 0 when there are no reports. When q
   * is 1, the result is infinite, so that no server counts as hot.
   */
  at(q: number): number {
    if (q >= 1) return Number.POSITIVE_INFINITY;
    return this.#sorted[Math.floor(q * this.#length)] ?? 0;
  }

  #remove(rif: number): void {
    const at = this.#place(rif);
    this.#sorted.copyWithin(at, at + 1, this.#length);
    this.#length -= 1;
  }

  /** Returns the index of the first sorted value that is not below `rif`. */
  #place(rif: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? 0) < rif) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
