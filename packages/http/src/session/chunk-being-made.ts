// Collects bytes of a body into one chunk. The places where a sender divides a body into chunks have no meaning (RFC
// 9112 7.1), so all bytes from one read are sent on as one chunk. Otherwise a body in chunks of one byte would cost a
// write, or three pieces of a write, for every byte.
import { chunkHeader } from "../h1/serializer.ts";
import type { Output } from "./output.ts";

export class ChunkBeingMade {
  #parts: Buffer[] = [];
  #bytes = 0;

  add(part: Buffer): void {
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  /**
   * Adds the chunk to `output`, unless the chunk is empty. Returns how many bytes its framing takes; 0 for an empty
   * chunk.
   */
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
