// Reads the header blocks that a proxy sends (RFC 7541). One reader serves one connection, because blocks refer to fields of
// earlier blocks.
import type { FieldLines } from "../message.ts";
import { unhuffman } from "./huffman.ts";

type Field = readonly [name: string, value: string];

/** RFC 7541 appendix A, from index 1 on. A space separates name and value. */
const STATIC: readonly Field[] = [
  ":authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204",
  ":status 206|:status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate",
  "accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control",
  "content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type",
  "cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since",
  "last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after",
  "server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate",
].flatMap((line) =>
  line.split("|").map((entry): Field => {
    const [name = "", ...value] = entry.split(" ");
    return [name, value.join(" ")];
  }),
);

const SIZE = 4096;

/** Thrown inside this file when a block is invalid. */
class Invalid extends Error {}

export class HpackReader {
  #table: Field[] = [];
  #most = SIZE;
  #bytes = "";
  #at = 0;

  /** Returns the fields of a block; undefined when it is invalid. */
  read(block: string): FieldLines | undefined {
    this.#bytes = block;
    this.#at = 0;
    const fields: Field[] = [];
    try {
      while (this.#at < block.length) {
        const field = this.#next();
        if (field !== undefined) fields.push(field);
      }
    } catch (error) {
      if (error instanceof Invalid) return undefined;
      throw error;
    }
    return fields;
  }

  #next(): Field | undefined {
    const first = this.#bytes.charCodeAt(this.#at);
    if (first >= 0x80) return this.#field(this.#integer(7));
    if (first >= 0x40) {
      const field = this.#literal(6);
      this.#table.unshift(field);
      this.#evict();
      return field;
    }
    if (first < 0x20) return this.#literal(4);
    this.#most = this.#integer(5);
    if (this.#most > SIZE) throw new Invalid("a table larger than allowed");
    this.#evict();
    return undefined;
  }

  #literal(bits: number): Field {
    const index = this.#integer(bits);
    const name = index === 0 ? this.#string() : this.#field(index)[0];
    return [name, this.#string()];
  }

  #field(index: number): Field {
    const field =
      index > STATIC.length ? this.#table[index - STATIC.length - 1] : STATIC[index - 1];
    if (field === undefined) throw new Invalid(`no field has the index ${index}`);
    return field;
  }

  #integer(bits: number): number {
    const most = 2 ** bits - 1;
    let value = this.#byte() & most;
    if (value < most) return value;
    for (let scale = 1; scale < 2 ** 32; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Invalid("an integer too long");
  }

  #string(): string {
    const coded = this.#bytes.charCodeAt(this.#at) >= 0x80;
    const length = this.#integer(7);
    const bytes = this.#bytes.slice(this.#at, this.#at + length);
    if (bytes.length < length) throw new Invalid("a string longer than its block");
    this.#at += length;
    const text = coded ? unhuffman(bytes) : bytes;
    if (text === undefined) throw new Invalid("an invalid Huffman code");
    return text;
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw new Invalid("a block that stops short");
    return this.#bytes.charCodeAt(this.#at++);
  }

  #evict(): void {
    let size = 0;
    const kept = this.#table.findIndex(([name, value]) => {
      size += name.length + value.length + 32;
      return size > this.#most;
    });
    if (kept >= 0) this.#table.length = kept;
  }
}
