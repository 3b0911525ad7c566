// Counts failed requests as load. A server that fails every request at once has few requests in
// flight, so it would look idle and get most of the traffic. To prevent this, every failed request
// stays counted as one more request in flight, and that count fades with the time constant
// `failureMs`. When the other servers have L requests in flight each, a server that only fails gets
// about L / failureMs requests per millisecond, whatever the traffic is.

import type { Outcome } from "../picker.ts";
import { moved } from "../server-index.ts";

/**
 * All failures are forgotten when this many time constants have passed since the last failure. Then
 * at most e^-20 of each failure's count is left.
 */
const FORGOTTEN = 20;
const NEGLIGIBLE = 0.01;

export class Failures {
  readonly #now: () => number;
  readonly #fadeMs: number;
  #count = new Float64Array(0);
  #at = new Float64Array(0);
  #last = Number.NEGATIVE_INFINITY;
  #time = 0;
  /**
   * Whether the failures of any server are still counted. If not, `of` returns 0, so the caller can
   * skip the call.
   */
  any = false;

  constructor(now: () => number, failureMs: number) {
    this.#now = now;
    this.#fadeMs = failureMs;
  }

  update(from: Int32Array): void {
    this.#count = moved(this.#count, from, 0);
    this.#at = moved(this.#at, from, 0);
  }

  begin(): void {
    if (!this.any) return;
    this.#time = this.#now();
    this.any = this.#time - this.#last < FORGOTTEN * this.#fadeMs;
  }

  /**
   * Returns how many failed requests of this server still count. The number has fractions, because
   * counts fade.
   */
  of(index: number): number {
    const count = this.#count[index] ?? 0;
    if (count === 0) return 0;
    const age = Math.max(0, this.#time - (this.#at[index] ?? 0));
    const left = count * Math.exp(-age / this.#fadeMs);
    return left < NEGLIGIBLE ? 0 : left;
  }

  ended(index: number, outcome: Outcome): void {
    if (this.#fadeMs === 0 || outcome === "ok" || outcome === "cancelled") return;
    this.#time = this.#now();
    this.#count[index] = this.of(index) + 1;
    this.#at[index] = this.#time;
    this.#last = this.#time;
    this.any = true;
  }
}
