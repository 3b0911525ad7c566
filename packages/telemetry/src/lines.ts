// Gathers log lines as bytes in one piece of memory, which is used again and again.

const FIRST_SIZE = 64 * 1024;
const NEWLINE = 0x0a;

/** Writes one value as one line, without its newline. */
export type LineFormat<T> = (value: T, out: Lines) => void;

export class Lines {
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #length = 0;

  /** The number of bytes gathered so far; the next byte goes to this offset. */
  get length(): number {
    return this.#length;
  }

  /**
   * The bytes gathered so far. Later writes may overwrite this memory once `cut` was called, so
   * copy the bytes that are needed for longer.
   */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Returns the memory, with room for at least `bytes` more bytes from offset `length` on. After
   * writing, the caller calls `cut` with the offset after the last written byte.
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

  /** Sets `length`, the end of the gathered bytes. */
  cut(length: number): void {
    this.#length = length;
  }

  /** Appends a text as UTF-8 to the gathered bytes. */
  text(text: string): void {
    const bytes = this.room(text.length * 3);
    this.#length += bytes.write(text, this.#length, "utf8");
  }

  newline(): void {
    this.room(1)[this.#length++] = NEWLINE;
  }
}
