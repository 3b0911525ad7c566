// TLS records that wait in the memory of their socket. Node delivers each record by itself, so a relay would send each
// to its peer with a system call, or an encryption, of its own. Only full records wait: after one, another is likely.
import type { AfterReads, ReadsDoneListener } from "./after-reads.ts";

/** The largest number of bytes in a TLS record (RFC 8446 §5.1). */
const FULL_RECORD = 16 * 1024;

export class GatheredRecords {
  /** Where in the memory the bytes begin that wait. */
  #from = 0;
  /** Where they end, and where the next record will be. */
  #filled = 0;
  /** Whether the owner will be called at the end of the reads. */
  scheduled = false;

  /** Takes note of a record in `memory`, behind the earlier ones. Returns whether all of them should wait for more. */
  waits(memory: Buffer, bytes: number): boolean {
    this.#filled += bytes;
    return bytes === FULL_RECORD && this.#filled + FULL_RECORD <= memory.length;
  }

  /** Has `owner` called when every socket that is ready has been read. */
  schedule(owner: ReadsDoneListener, afterReads: AfterReads): void {
    if (!this.scheduled) afterReads.addHolder(owner);
    this.scheduled = true;
  }

  /** Returns the memory for the next record, behind those that wait. Undefined = none waits. */
  restOf(memory: Buffer): Buffer | undefined {
    return this.#from === this.#filled ? undefined : memory.subarray(this.#filled);
  }

  /** Returns the bytes that wait, which then do so no longer. Undefined = none waits. */
  take(memory: Buffer): Buffer | undefined {
    const from = this.#from;
    const end = this.#filled;
    this.#from = end;
    if (from === end) return undefined;
    return from === 0 && end === memory.length ? memory : memory.subarray(from, end);
  }

  /** Begins again at the start of the next memory. */
  forget(): void {
    this.#from = this.#filled = 0;
  }
}
