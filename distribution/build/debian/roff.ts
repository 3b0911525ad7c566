// Text in the macros of man(7), which man, mandoc and groff read.

export interface PageHead {
  readonly name: string;
  readonly section: number;
  readonly version: string;
  /** The day in the footer, such as 2026-11-29. */
  readonly date: string;
}

export function pageHead({ name, section, version, date }: PageHead): string {
  return `.TH ${escaped(name.toUpperCase())} ${section} ${date} "Tandem ${version}" "Tandem"\n`;
}

/** Returns the text without a meaning for roff: no escapes, no macros at the start of a line. */
export function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^(?=[.'])/gm, "\\&");
}

export const heading = (title: string): string => `.SH "${escaped(title.toUpperCase())}"\n`;
export const subheading = (title: string): string => `.SS "${escaped(title)}"\n`;
export const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;

/** Returns a term, and the text below it. Both are roff already. */
export const item = (term: string, text: string): string => `.TP\n${term}\n${text}\n`;

/** Returns lines that keep their breaks, in the pitch of a terminal. */
export const example = (text: string): string => `.PP\n.nf\n.RS\n${escaped(text)}\n.RE\n.fi\n`;

/** Returns lines that begin where they do, and are filled to the width of the terminal. */
export const lines = (text: string): string =>
  `.PP\n${escaped(text).replaceAll("\n", "\n.br\n")}\n`;

/** Returns a line of Markdown as roff: code in bold, a link as its text. */
export function inline(markdown: string): string {
  return markdown
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .split("`")
    .map((part, i) => (i % 2 === 1 ? bold(part) : escaped(part.replaceAll("**", ""))))
    .join("")
    .replaceAll(/^(?=[.'])/gm, "\\&");
}
