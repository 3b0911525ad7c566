// Encodes header blocks (RFC 7541 §6). Fields that come again and again go into the table and cost one or two bytes
// from then on. Values that differ each time are sent as they are, and secrets are marked so that no proxy on the way
// puts them into a table either (§7.1.3).
import type { WireBuffer } from "../wire-buffer.ts";
import { DynamicTable } from "./dynamic-table.ts";
import { HeaderField } from "./header-field.ts";
import { huffmanLength, writeHuffman } from "./huffman-encode.ts";
import { writeInteger } from "./integer.ts";
import { FIRST_DYNAMIC, fieldKey, STATIC_FIELDS, STATIC_NAMES } from "./static-table.ts";

/** We use no more memory than this for the table, even when the peer allows more. */
const MOST_TABLE = 4096;
/** A field larger than this would push out too many others. */
const MOST_INDEXED = 512;

/** Values of these fields seldom come twice. */
const CHANGING = new Set(
  `:path age content-length content-range etag if-modified-since if-none-match last-modified location
  traceparent x-request-id`.split(/\s+/),
);
/** An attacker who can add fields to a head could guess these by the size of the block. */
const SECRET = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie"]);

export class HpackEncoder {
  readonly #table = new DynamicTable(MOST_TABLE);
  /** The number of the field in the table, by `fieldKey`. */
  readonly #fields = new Map<string, number>();
  #lowest = MOST_TABLE;
  #resized = false;

  constructor() {
    this.#table.evicted = (field, number) => {
      const key = fieldKey(field.name, field.value);
      if (this.#fields.get(key) === number) this.#fields.delete(key);
    };
  }

  /** Sets the size that the peer allows with SETTINGS_HEADER_TABLE_SIZE. The next block announces the change. */
  allow(bytes: number): void {
    const limit = Math.min(bytes, MOST_TABLE);
    if (limit === this.#table.limit) return;
    this.#lowest = this.#resized ? Math.min(this.#lowest, limit) : limit;
    this.#resized = true;
    this.#table.limit = limit;
  }

  /** Begins a block. */
  begin(out: WireBuffer): void {
    if (!this.#resized) return;
    const { limit } = this.#table;
    // A table that was smaller for a while has lost its fields, which the peer has to be told (§4.2).
    if (this.#lowest < limit) writeInteger(out, 0x20, 5, this.#lowest);
    writeInteger(out, 0x20, 5, limit);
    this.#resized = false;
  }

  /** Adds a field to the block. `name` is in lower case. */
  field(out: WireBuffer, name: string, value: string): void {
    const key = fieldKey(name, value);
    const index = STATIC_FIELDS.get(key) ?? this.#indexOf(key);
    if (index !== undefined) {
      writeInteger(out, 0x80, 7, index);
      return;
    }
    const nameIndex = STATIC_NAMES.get(name) ?? 0;
    const size = name.length + value.length;
    if (SECRET.has(name)) writeInteger(out, 0x10, 4, nameIndex);
    else if (size > MOST_INDEXED || CHANGING.has(name)) writeInteger(out, 0, 4, nameIndex);
    else {
      writeInteger(out, 0x40, 6, nameIndex);
      if (nameIndex === 0) writeShort(out, name);
      writeShort(out, value);
      this.#add(key, new HeaderField(name, value));
      return;
    }
    if (nameIndex === 0) writePlain(out, name);
    writePlain(out, value);
  }

  #indexOf(key: string): number | undefined {
    const number = this.#fields.get(key);
    return number === undefined ? undefined : FIRST_DYNAMIC + this.#table.added - 1 - number;
  }

  #add(key: string, field: HeaderField): void {
    const number = this.#table.added;
    this.#table.add(field);
    if (this.#table.added > number) this.#fields.set(key, number);
  }
}

function writePlain(out: WireBuffer, text: string): void {
  writeInteger(out, 0, 7, text.length);
  out.text(text);
}

/** Writes a text in the Huffman code if that is shorter. */
function writeShort(out: WireBuffer, text: string): void {
  const length = huffmanLength(text);
  if (length >= text.length) {
    writePlain(out, text);
    return;
  }
  writeInteger(out, 0x80, 7, length);
  writeHuffman(out, text);
}
