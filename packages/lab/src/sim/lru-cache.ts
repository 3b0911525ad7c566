// The least recently used keys leave first; a Map keeps its keys in the order they were set.

export class LruCache {
  hits = 0;
  misses = 0;
  readonly #capacity: number;
  readonly #keys = new Map<number, true>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether it was there; in any case it is now, as the newest. */
  touch(key: number): boolean {
    if (this.#keys.delete(key)) {
      this.#keys.set(key, true);
      this.hits++;
      return true;
    }
    this.misses++;
    if (this.#keys.size >= this.#capacity) {
      const oldest = this.#keys.keys().next();
      if (!oldest.done) this.#keys.delete(oldest.value);
    }
    this.#keys.set(key, true);
    return false;
  }

  /** As after a restart. */
  clear(): void {
    this.#keys.clear();
  }
}
