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

/** For so many names the latest value is remembered. */
const MOST_NAMES = 64;

/** Values of these fields seldom come twice. */
const CHANGING = new Set(
  `:path age content-length content-range etag if-modified-since if-none-match last-modified location
  traceparent x-request-id`.split(/\s+/),
);
/** An attacker who can add fields to a head could guess these by the size of the block. */
const SECRET = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie"]);

/** A field in one of the tables. */
interface Latest {
  readonly value: string;
  /** Its index in the static table; 0 = it is in the dynamic table. */
  readonly index: number;
  readonly number: number;
}

export class HpackEncoder {
  readonly #table = new DynamicTable(MOST_TABLE);
  /** The number of the field in the table, by `fieldKey`. */
  readonly #fields = new Map<string, number>();
  /** The field with each name that was written last, which is often written again. */
  readonly #latest = new Map<string, Latest>();
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
    const latest = this.#latest.get(name);
    if (latest?.value === value && this.#write(out, latest)) return;
    if (SECRET.has(name)) this.#literal(out, 0x10, name, value);
    else if (CHANGING.has(name)) this.#literal(out, 0, name, value);
    else this.#indexed(out, name, value);
  }

  /** Writes the index of a field. Returns false when it has left the table. */
  #write(out: WireBuffer, { index, number }: Latest): boolean {
    const { added, length } = this.#table;
    if (index === 0 && number < added - length) return false;
    writeInteger(out, 0x80, 7, index === 0 ? FIRST_DYNAMIC + added - 1 - number : index);
    return true;
  }

  #indexed(out: WireBuffer, name: string, value: string): void {
    const key = fieldKey(name, value);
    const index = STATIC_FIELDS.get(key) ?? 0;
    const number = this.#fields.get(key);
    if (index > 0 || number !== undefined) {
      const known = { value, index, number: number ?? 0 };
      if (this.#latest.size < MOST_NAMES || this.#latest.has(name)) this.#latest.set(name, known);
      this.#write(out, known);
    } else if (name.length + value.length > MOST_INDEXED) this.#literal(out, 0, name, value);
    else {
      const nameIndex = STATIC_NAMES.get(name) ?? 0;
      writeInteger(out, 0x40, 6, nameIndex);
      if (nameIndex === 0) writeShort(out, name);
      writeShort(out, value);
      this.#add(key, new HeaderField(name, value));
    }
  }

  /** Writes a field that goes into no table. */
  #literal(out: WireBuffer, first: number, name: string, value: string): void {
    const nameIndex = STATIC_NAMES.get(name) ?? 0;
    writeInteger(out, first, 4, nameIndex);
    if (nameIndex === 0) writePlain(out, name);
    writePlain(out, value);
  }

  #add(key: string, field: HeaderField): void {
    const number = this.#table.added;
    this.#table.add(field);
    if (this.#table.added === number) return;
    this.#fields.set(key, number);
    if (this.#latest.size < MOST_NAMES || this.#latest.has(field.name)) {
      this.#latest.set(field.name, { value: field.value, index: 0, number });
    }
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
