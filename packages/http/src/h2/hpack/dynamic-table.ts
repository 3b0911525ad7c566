// The dynamic table of HPACK (RFC 7541 §2.3.2, §4): a queue of fields that holds at most so many bytes. The newest field
// has the lowest index; the oldest fields make room.
import type { HeaderField } from "./header-field.ts";

const FIRST_CAPACITY = 16;

export class DynamicTable {
  /** How many fields were added so far. It identifies the content of the table. */
  added = 0;
  /** The sizes of all fields together. */
  size = 0;
  /** Called with each field that leaves the table, and with its number, which counts from 0. */
  evicted: ((field: HeaderField, number: number) => void) | undefined = undefined;
  #limit: number;
  /** A ring. Field number n is at n modulo its length, which is a power of two. */
  #ring: (HeaderField | undefined)[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Changes the limit. Fields beyond it leave the table. */
  set limit(limit: number) {
    this.#limit = limit;
    this.#evictTo(limit);
  }

  get length(): number {
    return this.#length;
  }

  /** Returns a field by its position, 0 for the newest; undefined when there is none. */
  at(position: number): HeaderField | undefined {
    if (position >= this.#length) return undefined;
    return this.#ring[(this.added - 1 - position) & (this.#ring.length - 1)];
  }

  /** Adds a field. A field larger than the table empties it and is not added (§4.4). */
  add(field: HeaderField): void {
    const { size } = field;
    this.#evictTo(this.#limit - size);
    if (size > this.#limit) return;
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[this.added & (this.#ring.length - 1)] = field;
    this.added++;
    this.#length++;
    this.size += size;
  }

  #evictTo(most: number): void {
    while (this.#length > 0 && this.size > most) {
      const number = this.added - this.#length;
      const slot = number & (this.#ring.length - 1);
      const field = this.#ring[slot] as HeaderField;
      this.#ring[slot] = undefined;
      this.#length--;
      this.size -= field.size;
      this.evicted?.(field, number);
    }
  }

  #grow(): void {
    const ring = new Array<HeaderField | undefined>(
      Math.max(FIRST_CAPACITY, 2 * this.#ring.length),
    ).fill(undefined);
    for (let i = 1; i <= this.#length; i++) {
      ring[(this.added - i) & (ring.length - 1)] = this.at(i - 1);
    }
    this.#ring = ring;
  }
}
