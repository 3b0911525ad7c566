// Prequal's pool: the last answers to probes, one per server, few enough to look at all of them.
// Removing an answer swaps it with the last one: the order of places means nothing, ages are compared.
//
//   place   0   1   2  …  size-1
//   server  7   2   9            index in the picker's list
//   rif     3   0   5            requests in flight per weight it reported, plus those we gave it since
//   latency 8  12   9
import type { PickServer } from "../picker.ts";

export class ProbePool {
  readonly capacity: number;
  readonly server: Int32Array;
  readonly rif: Float64Array;
  readonly latencyMs: Float64Array;
  readonly at: Float64Array;
  /** How often each answer may still be used. */
  readonly uses: Float64Array;
  size = 0;
  /** No answer is older than this. While this one is young enough, `expire` need not look at the others. */
  #noneBefore = Number.NEGATIVE_INFINITY;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.server = new Int32Array(capacity);
    this.rif = new Float64Array(capacity);
    this.latencyMs = new Float64Array(capacity);
    this.at = new Float64Array(capacity);
    this.uses = new Float64Array(capacity);
  }

  /** Keeps an answer of `server`. It replaces that server's last answer, or else the oldest one of a full pool. */
  add(server: number, rif: number, latencyMs: number, now: number, uses: number): void {
    let place = this.#placeOf(server);
    if (place < 0) {
      if (this.size === this.capacity) this.remove(this.oldest());
      place = this.size++;
    }
    this.server[place] = server;
    this.rif[place] = rif;
    this.latencyMs[place] = latencyMs;
    this.at[place] = now;
    this.uses[place] = uses;
  }

  remove(place: number): void {
    const last = --this.size;
    this.server[place] = this.server[last] ?? 0;
    this.rif[place] = this.rif[last] ?? 0;
    this.latencyMs[place] = this.latencyMs[last] ?? 0;
    this.at[place] = this.at[last] ?? 0;
    this.uses[place] = this.uses[last] ?? 0;
  }

  /** Drops answers older than `maxAgeMs`. */
  expire(now: number, maxAgeMs: number): void {
    if (now - this.#noneBefore <= maxAgeMs) return;
    this.#noneBefore = now;
    for (let place = this.size - 1; place >= 0; place--) {
      const at = this.at[place] ?? 0;
      if (now - at > maxAgeMs) this.remove(place);
      else this.#noneBefore = Math.min(this.#noneBefore, at);
    }
  }

  /** The place of the oldest answer; the pool must not be empty. */
  oldest(): number {
    let oldest = 0;
    for (let place = 1; place < this.size; place++)
      if ((this.at[place] ?? 0) < (this.at[oldest] ?? 0)) oldest = place;
    return oldest;
  }

  /**
   * One request was given to the server of `place`, so that server has `rif` more. An answer without uses left is
   * dropped.
   */
  use(place: number, rif: number): void {
    this.rif[place] = (this.rif[place] ?? 0) + rif;
    const left = (this.uses[place] ?? 0) - 1;
    this.uses[place] = left;
    if (left <= 0) this.remove(place);
  }

  /** The list changed: servers get their new numbers, and answers of servers that left are dropped. */
  renumber(from: Int32Array, servers: readonly PickServer[]): void {
    const to = new Map(servers.map((_, index) => [from[index] ?? -1, index]));
    for (let place = this.size - 1; place >= 0; place--) {
      const index = to.get(this.server[place] ?? -1);
      if (index === undefined) this.remove(place);
      else this.server[place] = index;
    }
  }

  #placeOf(server: number): number {
    for (let place = 0; place < this.size; place++) if (this.server[place] === server) return place;
    return -1;
  }
}
