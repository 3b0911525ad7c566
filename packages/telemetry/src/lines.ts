// Log lines being put together as bytes, in one piece of memory that is used again.

const FIRST_SIZE = 64 * 1024;
const NEWLINE = 0x0a;

/** Writes one value as one line, without its newline. */
export type LineFormat<T> = (value: T, out: Lines) => void;

export class Lines {
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #length = 0;

  /** Bytes so far: where the next one goes. */
  get length(): number {
    return this.#length;
  }

  /** What was put down; overwritten once `cut` made room. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The memory, with room for so many more bytes from `length` on. Tell with `cut` how far it was filled. */
  room(bytes: number): Buffer {
    const needed = this.#length + bytes;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /** What is put down ends at `length`. */
  cut(length: number): void {
    this.#length = length;
  }

  /** Any text, as UTF-8. */
  text(text: string): void {
    const bytes = this.room(text.length * 3);
    this.#length += bytes.write(text, this.#length, "utf8");
  }

  newline(): void {
    this.room(1)[this.#length++] = NEWLINE;
  }
}
