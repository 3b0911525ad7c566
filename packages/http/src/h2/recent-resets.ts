// The streams that we have reset lately. The peer's last frames on them may still be on their way, and are no fault (RFC
// 9113 §5.1).

const MOST = 256;

export class RecentResets {
  readonly #ids = new Set<number>();

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  add(id: number): void {
    this.#ids.add(id);
    if (this.#ids.size <= MOST) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
  }
}
