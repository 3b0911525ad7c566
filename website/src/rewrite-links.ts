// A markdown-it plugin: gives each link of a page the address that its target has in the site.
import { relative } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { targetOf } from "./links.ts";
import type { Pages } from "./pages.ts";
import type { Token } from "./tokens.ts";

interface Place {
  readonly root: string;
  readonly pages: Pages;
  /** Where files can be looked at that are in the repository and not in the site; nowhere when undefined. */
  readonly repository: string | undefined;
}

/** The part of VitePress's environment that says which file is rendered. */
interface Rendered {
  readonly path?: string;
  readonly realPath?: string;
}

export function rewriteLinks(markdown: MarkdownRenderer, place: Place): void {
  markdown.core.ruler.push("tandem-links", ({ tokens, env }) => {
    const { path = "", realPath = path } = env as Rendered;
    const source = relative(place.root, realPath);
    for (const { children } of tokens) if (children) rewriteAll(children, source, place);
  });
  // Vue would take two braces for an expression.
  const text = markdown.renderer.rules.text;
  markdown.renderer.rules.text = (...args) =>
    (text?.(...args) ?? "").replaceAll("{{", "&#123;&#123;");
}

function rewriteAll(tokens: readonly Token[], source: string, place: Place): void {
  for (const [i, token] of tokens.entries()) {
    const href = token.attrGet("href");
    if (token.type !== "link_open" || href === null || token.attrGet("class") === "header-anchor")
      continue;
    const close = tokens.slice(i).find(({ type }) => type === "link_close");
    rewrite(token, close, href, source, place);
  }
}

function rewrite(
  open: Token,
  close: Token | undefined,
  href: string,
  source: string,
  { root, pages, repository }: Place,
): void {
  // A link that leads nowhere stays as it is: the build has refused it before, and while pages are being written
  // (`--watch`) a heading may be newer than what is known of its page.
  const target = targetOf(root, pages, source, href);
  if (target.to === "page") open.attrSet("href", target.url);
  if (target.to === "file") {
    open.attrSet("href", `/${target.path.replace(/^docs\//, "")}`);
    // Without it, VitePress would look for a page of this name.
    open.attrSet("target", "_self");
  }
  if (target.to !== "repository") return;
  if (repository !== undefined) {
    open.attrSet("href", `${repository}/${target.path}`);
    return;
  }
  for (const token of [open, close]) {
    if (token === undefined) continue;
    token.type = token === open ? "span_open" : "span_close";
    token.tag = "span";
  }
  open.attrs = [
    ["class", "in-repository"],
    ["title", `${target.path} in the repository`],
  ];
}
