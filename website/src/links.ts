// Where a link of a page leads in the site, and what is wrong with one that leads nowhere.
import { statSync } from "node:fs";
import { join, posix } from "node:path";
import { inRepository, type Page, type Pages, urlOf } from "./pages.ts";
import type { Link } from "./tokens.ts";

export type Target =
  /** Another site. */
  | { readonly to: "outside" }
  /** A page of this site, with its anchor. */
  | { readonly to: "page"; readonly url: string }
  /** A file of `docs` that is no page, such as the figures behind a chart; the build copies it. */
  | { readonly to: "file"; readonly path: string }
  /** A file or folder of the repository that is not in the site. */
  | { readonly to: "repository"; readonly path: string }
  | { readonly to: "nowhere"; readonly fault: string };

const nowhere = (fault: string): Target => ({ to: "nowhere", fault });

/** Finds what the page `source` means by `href`. */
export function targetOf(root: string, pages: Pages, source: string, href: string): Target {
  if (/^[a-z][a-z+.-]*:/i.test(href)) return { to: "outside" };
  if (href.startsWith("/")) return nowhere("starts with '/'; write it relative to this file");
  const [written = "", anchor = ""] = href.split("#", 2).map(decodeURIComponent);
  const path =
    written === ""
      ? source
      : posix.join(posix.dirname(source), written.replace(/\?.*$/, "")).replace(/\/$/, "");
  if (path.startsWith("..")) return nowhere("leads out of the repository");
  const page = pages.get(path) ?? pages.get(`${path}/README.md`);
  if (page !== undefined) return onPage(page, anchor);
  if (!inRepository(root, path)) return nowhere(`there is no ${path}`);
  const isFile = statSync(join(root, path)).isFile();
  return isFile && path.startsWith("docs/") ? { to: "file", path } : { to: "repository", path };
}

function onPage(page: Page, anchor: string): Target {
  if (anchor === "") return { to: "page", url: urlOf(page) };
  if (page.anchors.has(anchor)) return { to: "page", url: `${urlOf(page)}#${anchor}` };
  return nowhere(`${page.source} has no heading '${anchor}'${similar(page.anchors, anchor)}`);
}

/** Names the headings that share the most words with an anchor that is missing. */
function similar(anchors: ReadonlySet<string>, anchor: string): string {
  const words = new Set(anchor.split("-"));
  const shared = (other: string) => other.split("-").filter((word) => words.has(word)).length;
  const near = [...anchors].filter((other) => shared(other) > 0);
  const [best] = near.toSorted((a, b) => shared(b) - shared(a));
  return best === undefined ? "" : `; did you mean '${best}'?`;
}

/** Returns every broken link of all pages, each as `file:line  what is wrong`. */
export function linkFaults(root: string, pages: Pages): string[] {
  return [...pages.values()].flatMap((page) =>
    page.links.flatMap((link) => {
      const fault = faultOf(root, pages, page.source, link);
      return fault === undefined ? [] : [`${page.source}:${link.line}  ${fault}`];
    }),
  );
}

function faultOf(root: string, pages: Pages, source: string, link: Link): string | undefined {
  if (link.kind === "html")
    return `${link.href.split("\n", 1)[0]} is HTML, in which links are not checked; write Markdown`;
  const target = targetOf(root, pages, source, link.href);
  if (target.to === "nowhere") return `'${link.href}': ${target.fault}`;
  if (link.kind === "image" && target.to !== "file")
    return `'${link.href}': an image must be a file below docs/, so that the site can show it`;
  return undefined;
}

/** Returns the files of `docs` that pages link to and that are no pages. */
export function linkedFiles(root: string, pages: Pages): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { source, links } of pages.values())
    for (const { href, kind } of links) {
      if (kind !== "link") continue;
      const target = targetOf(root, pages, source, href);
      if (target.to === "file") files.add(target.path);
    }
  return files;
}
