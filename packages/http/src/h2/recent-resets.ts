// The streams that we have reset lately. The peer's last frames on them may still be on their way, and are no fault (RFC
// 9113 §5.1, §5.4.2). What may be on its way is known: DATA as far as the window of the stream reached, and one end.

const MOST = 256;
/** Stands for a stream whose peer can have nothing more on its way. */
const NOTHING = -1;

export class RecentResets {
  /** How many bytes may still be on their way, by the ids of the streams. */
  readonly #bytes = new Map<number, number>();

  has(id: number): boolean {
    return this.#bytes.has(id);
  }

  /** @param window how many bytes the peer was still allowed to send on the stream */
  add(id: number, window: number): void {
    this.#bytes.set(id, window);
    if (this.#bytes.size <= MOST) return;
    for (const oldest of this.#bytes.keys()) {
      this.#bytes.delete(oldest);
      break;
    }
  }

  /**
   * Returns whether the peer may have sent a frame before it knew of the reset.
   * @param ends whether the frame is the peer's last one on the stream: END_STREAM, trailers or RST_STREAM
   */
  takes(id: number, bytes: number, ends: boolean): boolean {
    const left = this.#bytes.get(id) ?? NOTHING;
    if (bytes > left || (bytes === 0 && !ends)) return false;
    this.#bytes.set(id, ends ? NOTHING : left - bytes);
    return true;
  }
}
