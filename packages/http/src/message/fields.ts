// The field section of a message: ordered, case and duplicates kept (RFC 9110 5.2, 5.3), as three
// parallel arrays. A field costs no object of its own, and comparing keys allocates nothing.
import { isAll, TEXT, TOKEN } from "../chars.ts";

/** Header or trailer fields in the order they came. */
export class Fields {
  /** Names as received, to be forwarded as received. */
  readonly names: string[];
  /** The same names in lower case, to compare with. */
  readonly keys: string[];
  /** Values without the white space around them. */
  readonly values: string[];

  constructor() {
    this.names = [];
    this.keys = [];
    this.values = [];
  }

  get length(): number {
    return this.keys.length;
  }

  /**
   * Adds a field at the end. Throws on a name or value that could not be written as one line: what
   * came through the parser never does, so a throw is a bug of the caller, caught before the wire.
   * Characters beyond Latin-1 are refused too, because cut to one byte some of them are a line end.
   */
  add(name: string, value: string): void {
    checkField(name, value);
    this.names.push(name);
    this.keys.push(name.toLowerCase());
    this.values.push(value);
  }

  /** Puts one field in the place of the first of that name, drops the others; adds it if absent. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const at = this.keys.indexOf(key);
    if (at < 0) {
      this.add(name, value);
      return;
    }
    checkField(name, value);
    this.names[at] = name;
    this.values[at] = value;
    for (let i = this.keys.length - 1; i > at; i--) {
      if (this.keys[i] !== key) continue;
      this.names.splice(i, 1);
      this.keys.splice(i, 1);
      this.values.splice(i, 1);
    }
  }

  /** The first value of a field. The key is in lower case, here and in every other method. */
  get(key: string): string | undefined {
    const { keys } = this;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === key) return this.values[i];
    }
    return undefined;
  }

  /** Every value of a field, in order. */
  all(key: string): string[] {
    return this.values.filter((_, i) => this.keys[i] === key);
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

  /** Drops every field whose key the predicate accepts, keeping the order of the rest. */
  removeWhere(drop: (key: string) => boolean): void {
    const { names, keys, values } = this;
    let kept = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      if (drop(key)) continue;
      if (kept !== i) {
        names[kept] = names[i] as string;
        keys[kept] = key;
        values[kept] = values[i] as string;
      }
      kept++;
    }
    if (kept === keys.length) return;
    names.length = kept;
    keys.length = kept;
    values.length = kept;
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
