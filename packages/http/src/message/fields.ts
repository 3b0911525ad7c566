// The field section of a message: order, case and duplicates are kept (RFC 9110 5.2, 5.3). Names and values are not
// cut out of the received text: a field is a lower-case key, a kind (known-names.ts) and four positions in that text.
// So a field that is never looked up costs no string, and lines that are unchanged are written as one slice.
//
//   text           …\r\nContent-Type:  text/html \r\n…
//                       ▲              ▲        ▲  ▲
//   marks    kind       line           from     to end
import { isAll, SP, TEXT, TOKEN } from "../text/chars.ts";
import { kindOf } from "./known-names.ts";

/**
 * Stands in place of the mark LINE when a field was added and not received. The mark FROM is then the index of the
 * field's name in #added; its value follows the name.
 */
const ADDED = -1;
/** How many marks a field has; the constants below are their offsets. */
const MARKS = 5;
const KIND = 0;
const LINE = 1;
const FROM = 2;
const TO = 3;
const END = 4;

/** Header or trailer fields in the order in which they were received. */
export class Fields {
  /** The names in lower case, for comparisons. */
  readonly keys: string[] = [];
  readonly #text: string;
  readonly #marks: number[] = [];
  readonly #added: string[] = [];

  /** @param text the text that the positions given to `push` refer to */
  constructor(text = "") {
    this.#text = text;
  }

  get length(): number {
    return this.keys.length;
  }

  /** Returns a copy. Edits of the copy do not change these fields. */
  copy(): Fields {
    const copy = new Fields(this.#text);
    for (const key of this.keys) copy.keys.push(key);
    for (const mark of this.#marks) copy.#marks.push(mark);
    for (const text of this.#added) copy.#added.push(text);
    return copy;
  }

  /**
   * Adds a received line. Only the parser calls this, for a line that it has checked. `key` is the name in lower case,
   * and `kind` is `kindOf(key)`. In the text, [line, end) is the line and [from, to) the value without the white space
   * around it.
   */
  push(key: string, kind: number, line: number, from: number, to: number, end: number): void {
    this.keys.push(key);
    this.#marks.push(kind, line, from, to, end);
  }

  /** Returns the name at `index`, as received. */
  name(index: number): string {
    const at = index * MARKS;
    const line = this.#marks[at + LINE] as number;
    if (line === ADDED) return this.#added[this.#marks[at + FROM] as number] as string;
    return this.#text.slice(line, line + (this.keys[index] as string).length);
  }

  /** Returns the value at `index`, without the white space around it. */
  value(index: number): string {
    const at = index * MARKS;
    const from = this.#marks[at + FROM] as number;
    if (this.#marks[at + LINE] === ADDED) return this.#added[from + 1] as string;
    return this.#text.slice(from, this.#marks[at + TO]);
  }

  /** Returns the value at `index` with the white space around it: the text between the colon and the line end. */
  rawValue(index: number): string {
    const at = index * MARKS;
    const line = this.#marks[at + LINE] as number;
    if (line === ADDED) return ` ${this.value(index)}`;
    const colon = line + (this.keys[index] as string).length;
    return this.#text.slice(colon + 1, (this.#marks[at + END] as number) - 2);
  }

  /**
   * Adds a field at the end. Throws on a name or value that could not be written as one line. Parsed names and values
   * are always valid, so a throw means that the caller has a bug. Also throws on characters beyond Latin-1, because
   * some of them become a line end when they are cut to one byte.
   */
  add(name: string, value: string): void {
    checkField(name, value);
    const key = name.toLowerCase();
    this.keys.push(key);
    this.#marks.push(kindOf(key), ADDED, this.#added.length, 0, 0);
    this.#added.push(name, value);
  }

  /**
   * Replaces the first field of that name and drops the other fields of that name; adds the field if absent.
   */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const at = this.keys.indexOf(key);
    if (at < 0) {
      this.add(name, value);
      return;
    }
    checkField(name, value);
    // The kind is set anew, because a field of kind LOOKALIKE (a name with underscores) is removed at this hop. The
    // field that replaces it must stay.
    this.#marks[at * MARKS + KIND] = kindOf(key);
    this.#marks[at * MARKS + LINE] = ADDED;
    this.#marks[at * MARKS + FROM] = this.#added.length;
    this.#added.push(name, value);
    this.#keep((index) => index <= at || this.keys[index] !== key);
  }

  /**
   * Returns the first value of a field; undefined when the message does not have it. A `key` is always a name in lower
   * case.
   */
  get(key: string): string | undefined {
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === key) return this.value(i);
    }
    return undefined;
  }

  /**
   * Returns the last value of a field; undefined when the message does not have it. When several senders added the
   * field, the sender nearest to this proxy wrote the last value.
   */
  last(key: string): string | undefined {
    const at = this.keys.lastIndexOf(key);
    return at < 0 ? undefined : this.value(at);
  }

  /** Returns every value of a field, in order. */
  all(key: string): string[] {
    const values: string[] = [];
    this.keys.forEach((candidate, index) => {
      if (candidate === key) values.push(this.value(index));
    });
    return values;
  }

  has(key: string): boolean {
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === key) return true;
    }
    return false;
  }

  count(key: string): number {
    const { keys } = this;
    let found = 0;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === key) found++;
    }
    return found;
  }

  remove(key: string): void {
    if (this.has(key)) this.removeWhere((candidate) => candidate === key);
  }

  /** Drops every field whose key the predicate accepts. The order of the other fields stays. */
  removeWhere(drop: (key: string) => boolean): void {
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) {
      if (!drop(keys[i] as string)) continue;
      this.#keep((index) => !drop(keys[index] as string));
      return;
    }
  }

  /** Drops the fields with the given keys that were received. Fields that `add` or `set` wrote stay. */
  removeReceived(dropped: readonly string[]): void {
    this.#keep(
      (index) =>
        this.#marks[index * MARKS + LINE] === ADDED ||
        !dropped.includes(this.keys[index] as string),
    );
  }

  /** Drops every field of the given kinds (see known-names.ts). The order of the other fields stays. */
  removeKinds(kinds: number): void {
    this.#keep((index) => ((this.#marks[index * MARKS + KIND] as number) & kinds) === 0);
  }

  /**
   * Returns the field lines to send, each with its CRLF. Fields of the kinds in `but` (bits, see
   * known-names.ts) are left out.
   */
  lines(but = 0): string {
    const { keys } = this;
    const marks = this.#marks;
    let lines = "";
    // Received lines that follow each other in the text and need no change are copied as one slice, [begin, end).
    let begin = 0;
    let end = 0;
    for (let i = 0; i < keys.length; i++) {
      const at = i * MARKS;
      if (((marks[at + KIND] as number) & but) !== 0) continue;
      if (this.#asWritten(i)) {
        if (marks[at + LINE] !== end) {
          if (end > begin) lines += this.#text.slice(begin, end);
          begin = marks[at + LINE] as number;
        }
        end = marks[at + END] as number;
      } else {
        if (end > begin) lines += this.#text.slice(begin, end);
        begin = end;
        lines += `${this.name(i)}: ${this.value(i)}\r\n`;
      }
    }
    return end > begin ? lines + this.#text.slice(begin, end) : lines;
  }

  /**
   * Returns whether the received line already has the form in which lines are sent: name, colon,
   * one space, value, CRLF.
   */
  #asWritten(index: number): boolean {
    const marks = this.#marks;
    const at = index * MARKS;
    const line = marks[at + LINE] as number;
    const from = marks[at + FROM] as number;
    return (
      line !== ADDED &&
      from - line === (this.keys[index] as string).length + 2 &&
      (marks[at + END] as number) - (marks[at + TO] as number) === 2 &&
      this.#text.charCodeAt(from - 1) === SP
    );
  }

  #keep(wanted: (index: number) => boolean): void {
    const { keys } = this;
    const marks = this.#marks;
    let kept = 0;
    for (let i = 0; i < keys.length; i++) {
      if (!wanted(i)) continue;
      if (kept !== i) {
        keys[kept] = keys[i] as string;
        for (let m = 0; m < MARKS; m++) marks[kept * MARKS + m] = marks[i * MARKS + m] as number;
      }
      kept++;
    }
    keys.length = kept;
    marks.length = kept * MARKS;
  }
}

function checkField(name: string, value: string): void {
  if (!isAll(TOKEN, name)) {
    throw new TypeError(`Not a field name: ${JSON.stringify(name)} (RFC 9110 5.1 wants a token)`);
  }
  if (value !== "" && !isAll(TEXT, value)) {
    throw new TypeError(`The value for ${name} has a character no field line can carry`);
  }
}
