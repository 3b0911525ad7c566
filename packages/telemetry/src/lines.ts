// Log lines as bytes, in one piece of memory that is used again.

const FIRST_SIZE = 64 * 1024;
const NEWLINE = 0x0a;

/** Writes one value as one line, without its newline. */
export type LineFormat<T> = (value: T, out: Lines) => void;

export class Lines {
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #length = 0;

  /** How many bytes there are; the next one goes to this offset. */
  get length(): number {
    return this.#length;
  }

  /** The bytes so far. After `cut` the memory is written again, so copy what has to stay. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * The memory, with room for `bytes` more from offset `length` on. The caller says with `cut` how far it filled
   * the room.
   */
  room(bytes: number): Buffer {
    const needed = this.#length + bytes;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /** Sets the end of the bytes to `length`. */
  cut(length: number): void {
    this.#length = length;
  }

  /** Appends any text, as UTF-8. */
  text(text: string): void {
    const bytes = this.room(text.length * 3);
    this.#length += bytes.write(text, this.#length, "utf8");
  }

  newline(): void {
    this.room(1)[this.#length++] = NEWLINE;
  }
}
