// A field as HPACK carries it. What is known of a field is worked out once, when it comes as a literal. A field in a
// table is then used as it is by every head that refers to it.

import { candidate, kindOf, kindOfOther, mix } from "../../message/known-names.ts";
import { isAll, isBlank, LOWER, TEXT, TOKEN } from "../../text/chars.ts";

/** What RFC 7541 §4.1 adds to the length of an entry's name and value. */
const OVERHEAD = 32;
const COLON = 0x3a;

export class HeaderField {
  readonly name: string;
  readonly value: string;
  /** The kind of the name (known-names.ts). */
  readonly kind: number;
  /** Whether the name begins with a colon, as those of the request line's parts do (RFC 9113 §8.3). */
  readonly pseudo: boolean;
  /** Whether name and value may be in a message (RFC 9113 §8.2.1). A field that may not is malformed. */
  readonly valid: boolean;
  /** The field as a line of HTTP/1.1, with its CRLF. */
  readonly line: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.pseudo = name.charCodeAt(0) === COLON;
    this.kind = this.pseudo ? 0 : kindOfReceived(name);
    this.valid = this.pseudo ? isValue(value) : isLowerToken(name) && isValue(value);
    this.line = this.pseudo ? "" : `${name}: ${value}\r\n`;
  }

  /** The size of the field in a table, and in the list that SETTINGS_MAX_HEADER_LIST_SIZE bounds. */
  get size(): number {
    return this.name.length + this.value.length + OVERHEAD;
  }
}

function kindOfReceived(name: string): number {
  if (!name.includes("_")) return kindOf(name);
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = mix(hash, name.charCodeAt(i));
  const known = candidate(hash);
  return known === undefined ? 0 : kindOfOther(name, known);
}

/** Returns whether a name is a token without capital letters, which HTTP/2 does not allow in names. */
function isLowerToken(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (TOKEN[code] !== 1 || LOWER[code] !== code) return false;
  }
  return name.length > 0;
}

/** Returns whether a value has no control character, and no white space at its ends. */
function isValue(value: string): boolean {
  if (value === "") return true;
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(value.length - 1))) return false;
  return isAll(TEXT, value);
}
