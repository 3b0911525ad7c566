// Collects the fields of a header block, and checks what RFC 9113 §8.2 and §8.3 ask of every message. A block is always
// decoded to its end, because the next ones depend on its table, but no more of it is kept than the limits allow.

import type { HeadLimits } from "../h1/limits.ts";
import { Fields } from "../message/fields.ts";
import { CONNECTION, KEEP_ALIVE, TE, TRANSFER_ENCODING, UPGRADE } from "../message/known-names.ts";
import { H2Failure, PROTOCOL_ERROR } from "./error-code.ts";
import type { FieldSink } from "./hpack/decoder.ts";
import type { HeaderField } from "./hpack/header-field.ts";

/** A head of more than this many times the limit ends the connection: each byte of a block can name 4 KB of the table. */
const BOMB = 8;

/** Fields about an HTTP/1.1 connection, which a message must not have (§8.2.2). Proxy-Connection is checked by name. */
const CONNECTION_KINDS = CONNECTION | KEEP_ALIVE | TRANSFER_ENCODING | UPGRADE;

const PSEUDO = [":method", ":path", ":scheme", ":authority", ":status", ":protocol"] as const;
type PseudoName = (typeof PSEUDO)[number];

export class HeadFields implements FieldSink {
  /** The fields other than pseudo-header fields. The array is used again for the next head. */
  readonly list: HeaderField[] = [];
  /** The kinds (known-names.ts) of all fields in `list`. */
  kinds = 0;
  /** Why the message is malformed; undefined when it is not. */
  malformed: H2Failure | undefined = undefined;
  /** Which limit the fields exceed; undefined when they are within both. */
  excess: "size" | "count" | undefined = undefined;
  readonly #limits: HeadLimits;
  readonly #pseudoValues: (string | undefined)[] = PSEUDO.map(() => undefined);
  /** How many pseudo-header fields have come. */
  pseudoCount = 0;
  #size = 0;
  /** The bytes of all names and values so far, also of those that are not kept. */
  #decoded = 0;
  /** Whether the block decodes to so much that it was made to do harm. Its decoding has stopped then. */
  bomb = false;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  /** Forgets everything, for the next head. */
  reset(): void {
    this.#pseudoValues.fill(undefined);
    this.pseudoCount = 0;
    this.list.length = 0;
    this.kinds = 0;
    this.malformed = undefined;
    this.excess = undefined;
    this.#size = 0;
    this.#decoded = 0;
    this.bomb = false;
  }

  /** Returns the value of a pseudo-header field; undefined when the head does not have it. */
  pseudo(name: PseudoName): string | undefined {
    return this.#pseudoValues[PSEUDO.indexOf(name)];
  }

  field(field: HeaderField): boolean {
    this.#decoded += field.name.length + field.value.length;
    if (this.#decoded > BOMB * this.#limits.head) {
      this.bomb = true;
      return false;
    }
    if (this.malformed !== undefined) return true;
    if (!field.valid)
      this.#refuse("bad-field", "A name or value has a character that is not allowed");
    else if (field.pseudo) this.#pseudo(field);
    else this.#regular(field);
    return true;
  }

  #pseudo({ name, value }: HeaderField): void {
    const place = PSEUDO.indexOf(name as PseudoName);
    if (place < 0) this.#refuse("unknown-pseudo-field", "An unknown pseudo-header field");
    else if (this.list.length > 0) {
      this.#refuse("late-pseudo-field", `${name} comes after a regular field`);
    } else if (this.#pseudoValues[place] !== undefined) {
      this.#refuse("double-pseudo-field", `${name} comes twice`);
    } else {
      this.#size += value.length;
      if (this.#size > this.#limits.head) this.excess = "size";
      this.#pseudoValues[place] = this.excess === undefined ? value : "";
      this.pseudoCount++;
    }
  }

  #regular(field: HeaderField): void {
    const { kind, name, value } = field;
    if ((kind & CONNECTION_KINDS) !== 0 || name === "proxy-connection") {
      this.#refuse("connection-field", `${name} is a field of HTTP/1.1 connections`);
    } else if ((kind & TE) !== 0 && value !== "trailers") {
      this.#refuse("connection-field", "TE may only say trailers");
    } else {
      this.#size += field.line.length;
      if (this.#size > this.#limits.head) this.excess ??= "size";
      if (this.list.length === this.#limits.fields) this.excess ??= "count";
      if (this.excess !== undefined) return;
      this.list.push(field);
      this.kinds |= kind;
    }
  }

  #refuse(fault: string, message: string): void {
    this.malformed = malformed(fault, message);
  }
}

/** Returns the failure of a message that breaks the rules. It ends the message's stream (§8.1.1). */
export function malformed(fault: string, message: string): H2Failure {
  return new H2Failure(PROTOCOL_ERROR, fault, message);
}

/** Returns the fields as lines of HTTP/1.1, the form in which they are forwarded and compared. */
export function linesOf(list: readonly HeaderField[]): string {
  let lines = "";
  for (const field of list) lines += field.line;
  return lines;
}

/** Returns the fields of a message. `lines` is the result of `linesOf`. */
export function fieldsOf(list: readonly HeaderField[], lines: string): Fields {
  const fields = new Fields(lines);
  let at = 0;
  for (const { name, kind, line } of list) {
    const from = at + name.length + 2;
    const end = at + line.length;
    fields.push(name, kind, at, from, end - 2, end);
    at = end;
  }
  return fields;
}
