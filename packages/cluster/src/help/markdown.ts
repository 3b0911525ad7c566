// Renders a page of Markdown for a terminal. The library marked parses it. Its companion for terminals is not used: it
// brings a highlighter of code and a table of emoji, more than the rest of the command together.

import type { Palette } from "@tandem/telemetry/colors";
import { wrapAnsi } from "fast-wrap-ansi";
import { lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { layTable } from "./table.ts";

export interface Look {
  /** How many characters a line may have. Code is not broken. */
  readonly width: number;
  readonly colors: Palette;
  /** Returns the words that follow a link's text, such as the topic that the link leads to; empty for none. */
  readonly leadsTo: (link: string) => string;
}

/** Returns the page as lines for a terminal. */
export function renderMarkdown(page: string, look: Look): string {
  return `${blocks(lexer(page), look).join("\n\n")}\n`;
}

function blocks(tokens: readonly Token[], look: Look): readonly string[] {
  return tokens.map((token) => block(token as MarkedToken, look)).filter((text) => text !== "");
}

function block(token: MarkedToken, look: Look): string {
  const { colors, width } = look;
  switch (token.type) {
    case "heading":
      return heading(token, look);
    case "paragraph":
      return wrapAnsi(inline(token.tokens, look), width);
    case "text":
      return wrapAnsi(inline(token.tokens ?? [token], look), width);
    case "code":
      return indented(token.text, "    ", colors.cyan);
    case "blockquote":
      return indented(blocks(token.tokens, narrower(look, 2)).join("\n\n"), "| ", colors.dim);
    case "list":
      return list(token, look);
    case "table":
      return table(token, look);
    case "hr":
      return colors.dim("-".repeat(width));
    default:
      return ""; // empty lines, definitions of links, and comments
  }
}

function heading({ depth, tokens }: Tokens.Heading, look: Look): string {
  const { bold, cyan, underline } = look.colors;
  const text = inline(tokens, look);
  return depth === 1 ? bold(underline(text)) : depth === 2 ? bold(cyan(text)) : bold(text);
}

function list({ items, ordered, start, loose }: Tokens.List, look: Look): string {
  const first = typeof start === "number" ? start : 1;
  const texts = items.map((item, i) => {
    const mark = ordered ? `${first + i}. ` : "- ";
    const body = blocks(item.tokens, narrower(look, mark.length)).join(loose ? "\n\n" : "\n");
    return `${mark}${indented(body, " ".repeat(mark.length)).trimStart()}`;
  });
  return texts.join(loose ? "\n\n" : "\n");
}

function table({ header, rows }: Tokens.Table, look: Look): string {
  const cells = (row: readonly Tokens.TableCell[]) => row.map(({ tokens }) => inline(tokens, look));
  const head = cells(header).map((cell) => look.colors.bold(cell));
  return layTable([head, ...rows.map(cells)], look.width).join("\n");
}

function inline(tokens: readonly Token[], look: Look): string {
  return tokens.map((token) => span(token as MarkedToken, look)).join("");
}

function span(token: MarkedToken, look: Look): string {
  const { bold, italic, cyan, dim, underline } = look.colors;
  switch (token.type) {
    case "strong":
      return bold(inline(token.tokens, look));
    case "em":
      return italic(inline(token.tokens, look));
    case "codespan":
      return cyan(token.text);
    case "link": {
      const target = look.leadsTo(token.href);
      const text = underline(inline(token.tokens, look));
      return target === "" ? text : `${text} ${dim(`(${target})`)}`;
    }
    case "image":
      return dim(`[picture: ${token.text}]`);
    case "br":
      return "\n";
    case "html":
      return "";
    case "text":
      return token.tokens === undefined
        ? token.text.replaceAll("\n", " ")
        : inline(token.tokens, look);
    default:
      return "text" in token && typeof token.text === "string" ? token.text : "";
  }
}

const narrower = (look: Look, by: number): Look => ({ ...look, width: look.width - by });

function indented(text: string, margin: string, paint = (line: string): string => line): string {
  const lines = text.split("\n");
  return lines.map((line) => (line === "" ? line : `${margin}${paint(line)}`)).join("\n");
}
