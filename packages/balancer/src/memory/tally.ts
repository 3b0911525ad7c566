// The counters of one frontend, backend or server: the row that this thread writes, and the sum over
// all threads' rows.
import { type Counter, type CounterRow, ROW } from "./counters.ts";

export class Tally {
  /** This thread's own. */
  readonly row: CounterRow;
  readonly #all: Float64Array;

  constructor(counters: SharedArrayBuffer, thread: number) {
    this.#all = new Float64Array(counters);
    this.row = this.#all.subarray(thread * ROW, (thread + 1) * ROW);
  }

  /** Over all threads; on a request's path, so without a closure. */
  sum(counter: Counter): number {
    const all = this.#all;
    let total = 0;
    for (let at: number = counter; at < all.length; at += ROW) total += all[at] ?? 0;
    return total;
  }
}
