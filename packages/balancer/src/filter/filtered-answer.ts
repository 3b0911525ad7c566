// An answer as its filters see it. All filters get the same object, one filter after the other.
import type { Filter, FilteredAnswer } from "@tandem/filters";
import { type Fields, HeaderFields } from "@tandem/http";
import type { MakeTransform } from "@tandem/http/exchange";

/**
 * The status of an answer with only a part of a representation (RFC 9110 §15.3.7). The fields of such an answer
 * describe the whole representation, so its body is not transformed.
 */
const PARTIAL_CONTENT = 206;

/**
 * Fields that are true only for the bytes that the server sent, so they are removed when a body is transformed (RFC
 * 9110 §14.3, RFC 9530, RFC 3230, RFC 1864).
 */
const ABOUT_THE_BYTES = ["accept-ranges", "content-digest", "repr-digest", "digest", "content-md5"];

export class AnswerInChain implements FilteredAnswer {
  readonly status: number;
  readonly fields: HeaderFields;
  readonly makes: MakeTransform[] = [];
  /** For each transform in `makes`: the filter that the transform belongs to. */
  readonly makers: Filter[] = [];
  readonly #raw: Fields;
  readonly #open: boolean;
  readonly #asked: () => Filter;

  /** @param asked returns the filter that sees the answer at the moment */
  constructor(fields: Fields, status: number, open: boolean, asked: () => Filter) {
    this.status = status;
    this.fields = new HeaderFields(fields);
    this.#raw = fields;
    this.#open = open;
    this.#asked = asked;
  }

  get transformable(): boolean {
    if (!this.#open || this.status === PARTIAL_CONTENT) return false;
    const directives = this.fields.list("cache-control");
    return !directives.some((directive) => directive.toLowerCase() === "no-transform"); // RFC 9111 §5.2.2.6
  }

  transform(make: MakeTransform): void {
    if (!this.transformable) throw new TypeError("This answer's body may not be transformed");
    this.makes.push(make);
    this.makers.push(this.#asked());
    for (const name of ABOUT_THE_BYTES) this.#raw.remove(name);
    const tag = this.#raw.get("etag");
    if (tag?.startsWith('"')) this.#raw.set("ETag", `W/${tag}`); // the bytes differ now (RFC 9110 §8.8.1)
  }
}
