// A cache that drops the least recently used key when it is full. A Map keeps its keys in the order in which they were
// set, so the least recently used key is the first one.

export class LruCache {
  hits = 0;
  misses = 0;
  readonly #capacity: number;
  readonly #keys = new Map<number, true>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * Marks the key as the most recently used, and adds it if needed. Returns whether the key was in the cache before.
   */
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

  /** Empties the cache, because its server was restarted. */
  clear(): void {
    this.#keys.clear();
  }
}
