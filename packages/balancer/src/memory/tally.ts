// The counters of one frontend, backend or server: the row that this thread writes, and the sum of all
// threads' rows.
import { type CounterRow, ROW } from "./counters.ts";

export class Tally {
  /** The counters that this thread writes. */
  readonly row: CounterRow;
  readonly #all: Float64Array;

  constructor(counters: SharedArrayBuffer, thread: number) {
    this.#all = new Float64Array(counters);
    this.row = this.#all.subarray(thread * ROW, (thread + 1) * ROW);
  }

  /** Returns the sum of a column over all threads. Called for each request, so it makes no closure, which would cost memory. */
  sum(column: number): number {
    const all = this.#all;
    let total = 0;
    for (let at = column; at < all.length; at += ROW) total += all[at] ?? 0;
    return total;
  }
}
