// The beginning of a request body, kept in case it has to be sent again. The bytes are copied into one buffer. If the
// chunks themselves were kept, a client that sends one byte per chunk would make us keep an object for every byte (7
// MiB for 64 KiB were measured).

const FIRST_BYTES = 4 * 1024;

export class ReplayBuffer {
  readonly #limit: number;
  #memory: Buffer | undefined = undefined;
  #length = 0;
  #complete = true;

  /** @param limit how many bytes the buffer may keep; 0 = none */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns whether all of the body that has come so far is still kept. Only then may the request be sent again. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Returns all of the body that has come. Undefined when nothing has come, or when not everything is kept. */
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

  /** Drops the copy, because the body will not be sent again. */
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
