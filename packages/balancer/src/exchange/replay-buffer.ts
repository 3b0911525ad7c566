// The beginning of a request body, kept in case it has to be sent again. It is one copy in one piece. Keeping the
// chunks themselves would need an object for every byte when a client sends one byte per chunk (7 MiB for 64 KiB were
// measured).

const FIRST_BYTES = 4 * 1024;

export class ReplayBuffer {
  readonly #limit: number;
  #memory: Buffer | undefined = undefined;
  #length = 0;
  #complete = true;

  /** @param limit how many bytes it may keep; 0 = none */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether everything that has come so far is still kept. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Everything that has come. Undefined when nothing has come, or not everything is kept. */
  get bytes(): Buffer | undefined {
    return this.#memory?.subarray(0, this.#length);
  }

  add(chunk: Buffer): void {
    if (!this.#complete) return;
    const length = this.#length + chunk.length;
    if (length > this.#limit) {
      this.drop();
      return;
    }
    const memory = this.#roomFor(length);
    chunk.copy(memory, this.#length);
    this.#length = length;
  }

  /** Drops the copy: nothing will be sent again. */
  drop(): void {
    this.#complete = false;
    this.#memory = undefined;
  }

  #roomFor(length: number): Buffer {
    const before = this.#memory;
    if (before !== undefined && before.length >= length) return before;
    const size = Math.min(this.#limit, Math.max(FIRST_BYTES, 2 * length));
    const memory = Buffer.allocUnsafeSlow(size);
    before?.copy(memory, 0, 0, this.#length);
    this.#memory = memory;
    return memory;
  }
}
