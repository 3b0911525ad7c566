// Body bytes on their way into one chunk. Where a sender cuts its chunks means nothing (RFC 9112 7.1), so
// what one read brought leaves as one: a body in chunks of one byte would else cost a write, or three
// pieces of one, for every byte.
import { chunkHeader } from "../h1/serializer.ts";
import type { Output } from "./output.ts";

export class ChunkBeingMade {
  #parts: Buffer[] = [];
  #bytes = 0;

  add(part: Buffer): void {
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  /** Adds the chunk to `output`, if there is anything in it. Returns the bytes its framing takes. */
  writeTo(output: Output): number {
    if (this.#bytes === 0) return 0;
    const header = chunkHeader(this.#bytes);
    output.text(header);
    for (const part of this.#parts) output.bytes(part);
    output.text("\r\n");
    this.#parts = [];
    this.#bytes = 0;
    return header.length + 2;
  }
}
