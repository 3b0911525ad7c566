// Makes HTML with a template tag that escapes every value, except values of type Html. The type decides which text is
// trusted, so a string that looks like markup is always escaped. Values may stand between tags or in quoted
// attributes, and nowhere else.

/** Markup that may be put into a page as it is. Only `html` makes it. */
export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** The values that a template may contain; undefined and false add nothing. */
export type Content = Html | string | number | false | undefined | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes Html from a template. Interpolated text is escaped; interpolated Html is not. */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = literals[0] ?? "";
  values.forEach((value, index) => {
    text += rendered(value) + (literals[index + 1] ?? "");
  });
  return new Html(text);
}

function rendered(value: Content): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.map(rendered).join("");
  return `${value}`.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}
