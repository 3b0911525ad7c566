// The fields of a message as a filter sees them: names in any case, order and duplicates kept. When a filter writes a
// field about the message's length (Content-Length) or about one connection (Connection, Upgrade), the call throws.
// Only the balancer writes these fields, because a wrong value in them lets an attacker smuggle requests.
import type { Fields } from "./fields.ts";
import { parseAuthority } from "./host.ts";

const OURS = new Set(
  `connection content-length expect http2-settings keep-alive proxy-connection te trailer
  transfer-encoding upgrade`.split(/\s+/),
);

/** Header fields to read and edit. Names may be in any case. */
export class HeaderFields implements Iterable<readonly [name: string, value: string]> {
  readonly #fields: Fields;

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  /** Returns the first value. For a field that is a list, such as Accept or X-Forwarded-For, see `list`. */
  get(name: string): string | undefined {
    return this.#fields.get(name.toLowerCase());
  }

  /** Returns every value, in order. */
  all(name: string): string[] {
    return this.#fields.all(name.toLowerCase());
  }

  /**
   * Returns the members of a comma-separated field over all its lines, in order and as written. Do not use it for
   * Set-Cookie or dates, whose values contain commas.
   */
  list(name: string): string[] {
    const members = this.all(name).join(",").split(",");
    return members.map((member) => member.trim()).filter((member) => member !== "");
  }

  has(name: string): boolean {
    return this.#fields.has(name.toLowerCase());
  }

  /**
   * Replaces all fields of that name by one field. Throws when the name or value is not valid, and
   * when only the balancer may write the field.
   */
  set(name: string, value: string): void {
    this.#check(name, value);
    this.#fields.set(name, value);
  }

  /**
   * Adds one more field of that name. Throws when the name or value is not valid, when the field
   * would be a second Host, and when only the balancer may write the field.
   */
  add(name: string, value: string): void {
    this.#check(name, value);
    if (name.toLowerCase() === "host" && this.has("host")) {
      throw new TypeError("A request has one Host: use set");
    }
    this.#fields.add(name, value);
  }

  /**
   * Removes every field of that name. Throws for Host, and for a field that only the balancer may
   * write.
   */
  remove(name: string): void {
    this.#check(name, undefined);
    this.#fields.remove(name.toLowerCase());
  }

  /** Iterates over the fields in the order in which they came, with names as they were written. */
  *[Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    const fields = this.#fields;
    for (let i = 0; i < fields.length; i++) yield [fields.name(i), fields.value(i)];
  }

  #check(name: string, value: string | undefined): void {
    const key = name.toLowerCase();
    if (OURS.has(key))
      throw new TypeError(`${name} is the balancer's to write, not a filter's or a hook's`);
    if (key !== "host") return;
    if (value === undefined || parseAuthority(value) === undefined) {
      throw new TypeError(`Host has to be a host or host:port, found ${JSON.stringify(value)}`);
    }
  }
}
