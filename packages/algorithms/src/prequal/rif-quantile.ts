// The distribution of requests in flight (RIF) in the latest probe answers. It gives Prequal's threshold between hot
// and cold. The sliding window is kept sorted, so that a quantile is one array read. A report costs O(window), a pick
// O(1).

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
   * Returns the q-quantile of the reported requests in flight. Without reports it is 0. For q = 1 it is infinite, so that no
   * server counts as hot.
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

  /** Returns the place of the first value not below `rif`. */
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
