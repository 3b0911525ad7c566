// Prequal's pool: the latest answers to probes, at most one per server. There are so few that a pick can look at all
// of them. When an answer is removed, the answer in the last place moves to its place. So the order of the places has
// no meaning, and the oldest answer is found by comparing ages.
//
//   place   0   1   2  …  size-1
//   server  7   2   9            index in the picker's list
//   rif     3   0   5            requests in flight per weight: as reported, plus requests given to the server since
//   latency 8  12   9
import type { PickServer } from "../picker.ts";

export class ProbePool {
  readonly capacity: number;
  readonly server: Int32Array;
  readonly rif: Float64Array;
  readonly latencyMs: Float64Array;
  readonly at: Float64Array;
  /** How many more times each answer may be used. */
  readonly uses: Float64Array;
  size = 0;
  /**
   * All answers in the pool were received at this time or later. While this time is at most `maxAgeMs` ago, `expire`
   * need not look at the answers.
   */
  #noneBefore = Number.NEGATIVE_INFINITY;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.server = new Int32Array(capacity);
    this.rif = new Float64Array(capacity);
    this.latencyMs = new Float64Array(capacity);
    this.at = new Float64Array(capacity);
    this.uses = new Float64Array(capacity);
  }

  /**
   * Keeps an answer of `server`. The new answer replaces the server's last answer. If the server
   * has none and the pool is full, the new answer replaces the oldest one. `uses` is how many times
   * the answer may be used.
   */
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

  /** Drops the answers that are older than `maxAgeMs`. */
  expire(now: number, maxAgeMs: number): void {
    if (now - this.#noneBefore <= maxAgeMs) return;
    this.#noneBefore = now;
    for (let place = this.size - 1; place >= 0; place--) {
      const at = this.at[place] ?? 0;
      if (now - at > maxAgeMs) this.remove(place);
      else this.#noneBefore = Math.min(this.#noneBefore, at);
    }
  }

  /** Returns the place of the oldest answer. The pool must not be empty. */
  oldest(): number {
    let oldest = 0;
    for (let place = 1; place < this.size; place++)
      if ((this.at[place] ?? 0) < (this.at[oldest] ?? 0)) oldest = place;
    return oldest;
  }

  /**
   * Notes that a request was given to the server of the answer at `place`, so that the server's
   * requests in flight grow by `rif`. An answer without uses left is dropped.
   */
  use(place: number, rif: number): void {
    this.rif[place] = (this.rif[place] ?? 0) + rif;
    const left = (this.uses[place] ?? 0) - 1;
    this.uses[place] = left;
    if (left <= 0) this.remove(place);
  }

  /**
   * Takes a new list of servers, where `from` has each server's old number. Answers get the new
   * numbers of their servers, and answers of servers that left are dropped.
   */
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
