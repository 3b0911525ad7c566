// HAProxy's map-based hashing (lb_map.c): the hash of the key modulo the number of slots gives the
// slot of the server. The slots are perfectly even and a pick is O(1), but nearly every key moves
// when the servers change.
import type { PlacedServer, Placement } from "./placement.ts";
import { slotsOf } from "./slots.ts";

export class Modulo implements Placement {
  #slots = new Int32Array(0);

  update(servers: readonly PlacedServer[]): void {
    this.#slots = slotsOf(servers);
  }

  at(key: number): number {
    return this.#slots[key % this.#slots.length] ?? -1;
  }
}
