// Decodes header blocks (RFC 7541 §3, §6). A block that is invalid ends the connection, because the tables of both
// sides differ from then on (RFC 9113 §4.3).
import { latin1 } from "../../text/latin1.ts";
import { DynamicTable } from "./dynamic-table.ts";
import { HeaderField } from "./header-field.ts";
import { decodeHuffman } from "./huffman-decode.ts";
import { integer, readInteger } from "./integer.ts";
import { FIRST_DYNAMIC, STATIC_TABLE } from "./static-table.ts";

/** Gets the fields of a block in their order. */
export interface FieldSink {
  /** Returning false ends the decoding after this field; `HpackDecoder.next` says where it goes on. */
  field(field: HeaderField): boolean;
}

export class HpackDecoder {
  /** Why the last block was refused; undefined while all blocks were valid. */
  failure: string | undefined = undefined;
  /** Where the last call of `decode` stopped: at the end of the block, or after the field at which the sink stopped it. */
  next = 0;
  readonly table: DynamicTable;
  readonly #most: number;

  /** @param most the table size that we allow the peer with SETTINGS_HEADER_TABLE_SIZE */
  constructor(most: number) {
    this.table = new DynamicTable(most);
    this.#most = most;
  }

  /**
   * Decodes the block in [from, to). Returns false and sets `failure` when it is invalid. `begins` is false when the
   * call goes on within a block, where changes of the table's size are not allowed (§4.2).
   */
  decode(block: Buffer, from: number, to: number, sink: FieldSink, begins = true): boolean {
    this.next = from;
    let first = begins;
    while (this.next < to) {
      const byte = block[this.next] as number;
      let field: HeaderField | undefined;
      if (byte >= 0x80) field = this.#indexed(block, to);
      else if (byte >= 0x40) field = this.#added(block, to);
      else if (byte < 0x20) field = this.#literal(block, to, 4);
      else if (!first) return this.#fail("the table's size changes within a block");
      else if (this.#resize(block, to)) continue;
      if (field === undefined) return this.#fail("an index, length, text or table size is invalid");
      first = false;
      if (!sink.field(field)) return true;
    }
    return true;
  }

  #indexed(block: Buffer, to: number): HeaderField | undefined {
    if (!readInteger(block, this.next, to, 7)) return undefined;
    this.next = integer.next;
    return this.#at(integer.value);
  }

  #added(block: Buffer, to: number): HeaderField | undefined {
    const field = this.#literal(block, to, 6);
    if (field !== undefined) this.table.add(field);
    return field;
  }

  #literal(block: Buffer, to: number, bits: number): HeaderField | undefined {
    if (!readInteger(block, this.next, to, bits)) return undefined;
    this.next = integer.next;
    const name = integer.value === 0 ? this.#text(block, to) : this.#at(integer.value)?.name;
    if (name === undefined) return undefined;
    const value = this.#text(block, to);
    return value === undefined ? undefined : new HeaderField(name, value);
  }

  #at(index: number): HeaderField | undefined {
    return index < FIRST_DYNAMIC ? STATIC_TABLE[index] : this.table.at(index - FIRST_DYNAMIC);
  }

  #text(block: Buffer, to: number): string | undefined {
    const at = this.next;
    if (at >= to || !readInteger(block, at, to, 7)) return undefined;
    const from = integer.next;
    const end = from + integer.value;
    if (end > to) return undefined;
    this.next = end;
    return (block[at] as number) >= 0x80
      ? decodeHuffman(block, from, end)
      : latin1(block, from, end);
  }

  #resize(block: Buffer, to: number): boolean {
    if (!readInteger(block, this.next, to, 5) || integer.value > this.#most) return false;
    this.next = integer.next;
    this.table.limit = integer.value;
    return true;
  }

  #fail(reason: string): false {
    this.failure = reason;
    return false;
  }
}
