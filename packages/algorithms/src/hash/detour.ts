// Tells where a request goes when the server of its key is full, down or over its bound: to the
// servers in a random order that is seeded by the key (Chen et al., "Revisiting consistent hashing
// with bounded loads", 2019; Envoy's BoundedLoadHashingLoadBalancer). If the request went to the
// next server on the ring instead, that server would get the whole overflow and then overflow too.
// The order is a Fisher-Yates shuffle, made one step per server that is looked at. The next request
// undoes these steps, so that no list is copied.
import { mix32 } from "./murmur3.ts";

export class Detour {
  #order = new Int32Array(0);
  #swaps = new Int32Array(0);
  #steps = 0;
  #state = 0;

  /** Sets the number of servers. Called only when the list of servers changes. */
  resize(length: number): void {
    this.#order = Int32Array.from({ length }, (_, index) => index);
    this.#swaps = new Int32Array(length);
    this.#steps = 0;
  }

  begin(key: number): void {
    this.#rewind();
    this.#state = mix32(key ^ 0x5bd1_e995);
  }

  /** Returns the index of the next server in the order; -1 after the last server. */
  next(): number {
    const step = this.#steps;
    const order = this.#order;
    const left = order.length - step;
    if (left <= 0) return -1;
    this.#state = (this.#state + 0x9e37_79b9) >>> 0;
    const other = step + Math.floor((mix32(this.#state) / 2 ** 32) * left);
    this.#swaps[step] = other;
    this.#steps = step + 1;
    this.#swap(step, other);
    return order[step] ?? -1;
  }

  #rewind(): void {
    for (let step = this.#steps - 1; step >= 0; step--) this.#swap(step, this.#swaps[step] ?? 0);
    this.#steps = 0;
  }

  #swap(a: number, b: number): void {
    const kept = this.#order[a] ?? 0;
    this.#order[a] = this.#order[b] ?? 0;
    this.#order[b] = kept;
  }
}
