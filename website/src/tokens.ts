// Reads links out of parsed Markdown, each with the line it is on.
import type { MarkdownRenderer } from "vitepress";

export type Token = ReturnType<MarkdownRenderer["parse"]>[number];

export interface Link {
  readonly href: string;
  readonly line: number;
  readonly kind: "link" | "image" | "html";
}

/** Elements that pages may write as HTML, because Markdown has no words for them. */
const PLAIN_HTML = /^<(?:\/?(?:kbd|sub|sup)|br ?\/?)>$|^<!--.*-->\s*$/s;

/** Returns the links, images and pieces of HTML of a page. */
export function linksOf(tokens: readonly Token[]): Link[] {
  const found: Link[] = [];
  let line = 1;
  for (const token of tokens) {
    // Cells of a table have no line of their own; their row has.
    if (token.map) line = token.map[0] + 1;
    if (token.type === "html_block") found.push(...htmlIn(token, line));
    if (token.type === "inline") found.push(...inlineLinks(token.children ?? [], line));
  }
  return found;
}

function inlineLinks(tokens: readonly Token[], start: number): Link[] {
  const found: Link[] = [];
  let line = start;
  for (const token of tokens) {
    if (token.type === "softbreak" || token.type === "hardbreak") line++;
    const href = token.attrGet("href");
    if (token.type === "link_open" && href !== null && token.attrGet("class") !== "header-anchor")
      found.push({ href, line, kind: "link" });
    if (token.type === "image")
      found.push({ href: token.attrGet("src") ?? "", line, kind: "image" });
    if (token.type === "html_inline" && token.meta?.isPermalinkSymbol !== true)
      found.push(...htmlIn(token, line));
  }
  return found;
}

const htmlIn = ({ content }: Token, line: number): Link[] =>
  PLAIN_HTML.test(content) ? [] : [{ href: content.trim(), line, kind: "html" }];
