// The part of an answer that waits for a slow client. The bytes are copied into one buffer that grows, because a server
// that sends one byte per frame would otherwise make us keep an object for every byte.
import type { Fields } from "../message/fields.ts";

const FIRST_BYTES = 16 * 1024;

export class HeldAnswer {
  /** Whether the answer ends behind the bytes. */
  ended = false;
  trailers: Fields | undefined = undefined;
  #memory: Buffer | undefined = undefined;
  #length = 0;

  /** The bytes that wait; undefined when there are none. */
  get bytes(): Buffer | undefined {
    return this.#memory?.subarray(0, this.#length);
  }

  add(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    let memory = this.#memory;
    if (memory === undefined || memory.length < length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * length));
      memory?.copy(larger, 0, 0, this.#length);
      memory = larger;
      this.#memory = memory;
    }
    chunk.copy(memory, this.#length);
    this.#length = length;
  }

  end(trailers: Fields | undefined): void {
    this.ended = true;
    this.trailers = trailers;
  }
}
