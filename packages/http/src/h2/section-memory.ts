// Remembers the section of the last request on a connection. A client sends the same fields again and again, and HPACK
// gives the same objects for them; comparing those costs far less than making a section.
import type { RequestSection } from "../message/head.ts";
import type { HeadFields } from "./head-fields.ts";
import type { HeaderField } from "./hpack/header-field.ts";

export class SectionMemory {
  #section: RequestSection | undefined = undefined;
  #authority: string | undefined = undefined;
  #protocol: string | undefined = undefined;
  #ends = false;
  #list: readonly HeaderField[] = [];

  /** Returns the section of the last request if this one has the same; otherwise undefined. */
  recall(head: HeadFields, ends: boolean): RequestSection | undefined {
    const same =
      this.#section !== undefined &&
      this.#ends === ends &&
      this.#authority === head.pseudo(":authority") &&
      this.#protocol === head.pseudo(":protocol") &&
      sameFields(this.#list, head.list);
    return same ? this.#section : undefined;
  }

  remember(head: HeadFields, ends: boolean, section: RequestSection): void {
    this.#section = section;
    this.#authority = head.pseudo(":authority");
    this.#protocol = head.pseudo(":protocol");
    this.#ends = ends;
    this.#list = [...head.list];
  }
}

function sameFields(a: readonly HeaderField[], b: readonly HeaderField[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i] as HeaderField, b[i] as HeaderField];
    if (one !== other && (one.name !== other.name || one.value !== other.value)) return false;
  }
  return true;
}
