// A full cache drops the least recently used key. A Map keeps its keys in the order they were set, so that key is first.

export class LruCache {
  hits = 0;
  misses = 0;
  readonly #capacity: number;
  readonly #keys = new Map<number, true>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Returns whether the key was in the cache. Afterwards it is, as the most recently used. */
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

  /** A restarted server has an empty cache. */
  clear(): void {
    this.#keys.clear();
  }
}
