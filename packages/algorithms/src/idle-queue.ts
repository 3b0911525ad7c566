// A first-in, first-out queue of server numbers (indices in the picker's list). No number is in the
// queue twice, so a ring buffer with one place per server has room for all.

export class IdleQueue {
  readonly #ring: Int32Array;
  readonly #waits: Uint8Array;
  #first = 0;
  #length = 0;

  constructor(servers: number) {
    this.#ring = new Int32Array(servers);
    this.#waits = new Uint8Array(servers);
  }

  /** Appends the number of a server. Does nothing when the number is in the queue already. */
  join(index: number): void {
    if (this.#waits[index] !== 0) return;
    this.#waits[index] = 1;
    this.#ring[(this.#first + this.#length) % this.#ring.length] = index;
    this.#length += 1;
  }

  /** Removes the first number from the queue and returns it; -1 when the queue is empty. */
  take(): number {
    if (this.#length === 0) return -1;
    const index = this.#ring[this.#first] ?? -1;
    this.#first = (this.#first + 1) % this.#ring.length;
    this.#length -= 1;
    this.#waits[index] = 0;
    return index;
  }

  /**
   * Returns the numbers in the order in which `take` will return them. Allocates, so picks do not
   * call it.
   */
  list(): number[] {
    return Array.from(
      { length: this.#length },
      (_, at) => this.#ring[(this.#first + at) % this.#ring.length] ?? -1,
    );
  }

  drain(): number[] {
    return Array.from({ length: this.#length }, () => this.take());
  }
}
