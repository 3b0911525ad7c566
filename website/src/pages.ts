// The pages of the site: which Markdown files of the repository they are made of, and where each one stands.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { slug } from "github-slugger";
import { createMarkdownRenderer, disposeMdItInstance, type MarkdownOptions } from "vitepress";
import { type Link, linksOf, type Token } from "./tokens.ts";

/** The folder of the repository. Tests put another in its place. */
export const ROOT =
  process.env.DOCS_ROOT ?? dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const SOURCES = ["*.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"];

/**
 * How the site reads Markdown: as the repository's own pages are written. What VitePress adds to the language is
 * switched off where the documents could hit on it by chance (`:name:`, braces behind a word).
 */
export const MARKDOWN = {
  anchor: { slugify: slug },
  attrs: false,
  emoji: false,
  footnote: false,
  include: false,
  snippet: false,
  toc: false,
} satisfies MarkdownOptions;

export interface Page {
  /** The Markdown file, from the root: `docs/lab/README.md`. */
  readonly source: string;
  /** The file that VitePress takes it for: `lab/index.md`. */
  readonly route: string;
  readonly title: string;
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly Link[];
  readonly tokens: readonly Token[];
}

/** All pages by their source. */
export type Pages = ReadonlyMap<string, Page>;

/** Returns the route of a Markdown file: README.md is the index of its folder, and `docs` is the top of the site. */
export function routeOf(source: string): string {
  if (source === "README.md") return "index.md";
  if (source === "docs/README.md") return "documents.md";
  const { dir, name } = posix.parse(source);
  if (source.startsWith("docs/"))
    return posix.join(posix.relative("docs", dir), name === "README" ? "index.md" : `${name}.md`);
  return name === "README" ? `${dir}.md` : `${source.toLowerCase()}`;
}

/** Returns the address of a page within the site: `/lab/`, `/library.html`. */
export const urlOf = ({ route }: Page): string =>
  `/${route.replace(/(?:^|(?<=\/))index\.md$/, "").replace(/\.md$/, ".html")}`;

/** Reads every page below `root`. */
export async function readPages(root: string = ROOT): Promise<Pages> {
  // VitePress keeps one renderer for the whole process: another one can be had only after this one is given up.
  const markdown = await createMarkdownRenderer(root, {
    ...MARKDOWN,
    highlight: async (text) => text,
  });
  const sources = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root }));
  const pages = sources.toSorted().map((source): readonly [string, Page] => {
    const tokens = markdown.parse(readFileSync(join(root, source), "utf8"), {});
    return [source, pageOf(source, tokens)];
  });
  disposeMdItInstance();
  return new Map(pages);
}

function pageOf(source: string, tokens: readonly Token[]): Page {
  const anchors = tokens
    .filter(({ type }) => type === "heading_open")
    .map((token) => token.attrGet("id") ?? "");
  const first = tokens.findIndex(({ type, tag }) => type === "heading_open" && tag === "h1");
  const title = tokens[first + 1]?.children ?? [];
  return {
    source,
    route: routeOf(source),
    title: plainText(title) || source,
    anchors: new Set(anchors),
    links: linksOf(tokens),
    tokens,
  };
}

/** Returns the words of inline tokens, without their markup. */
export const plainText = (tokens: readonly Token[]): string =>
  tokens
    .filter(({ type }) => type === "text" || type === "code_inline" || type === "softbreak")
    .map(({ type, content }) => (type === "softbreak" ? " " : content))
    .join("")
    .trim();

export const inRepository = (root: string, path: string): boolean => existsSync(join(root, path));
