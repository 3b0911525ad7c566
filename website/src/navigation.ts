// The site's menu: by task and by component as docs/README.md has them, then every page by its folder.
import { posix } from "node:path";
import type { DefaultTheme } from "vitepress";
import { targetOf } from "./links.ts";
import { type Page, type Pages, plainText, urlOf } from "./pages.ts";
import type { Token } from "./tokens.ts";

type Item = DefaultTheme.SidebarItem;

const INDEX = "docs/README.md";

/** Names of the folders that have no README.md to take a title from. */
const FOLDERS: Readonly<Record<string, string>> = {
  docs: "Guides",
  "docs/concepts": "Components",
  "docs/operations": "Operations",
  "docs/benchmarks": "Measuring",
  "": "The project",
};

/** Makes the menu. Throws when docs/README.md has lost one of the two sections that it is made of. */
export function sidebar(root: string, pages: Pages): Item[] {
  const index = pages.get(INDEX);
  if (index === undefined) throw new Error(`${INDEX} is missing; the site's menu is made of it`);
  const item = (text: string, href: string): Item => {
    const target = targetOf(root, pages, INDEX, href);
    if (target.to !== "page") throw new Error(`${INDEX}: '${href}' is no page of the site`);
    return { text, link: target.url };
  };
  /** An item with the title of its page, or with the words of the link where it leads to a part of one. */
  const titled = ({ text, href }: Named): Item => {
    const { link } = item(text, href);
    const page = [...pages.values()].find((one) => urlOf(one) === link);
    return { text: page?.title ?? capital(text), link: link ?? "" };
  };
  return [
    { text: "By task", items: tasks(index, item, titled) },
    { text: "By component", items: components(index, item) },
    { text: "All pages", items: folders(pages) },
  ];
}

type ToItem = (text: string, href: string) => Item;

/** Returns the tokens between a heading of the second level and the next. */
function section({ source, tokens }: Page, title: string): readonly Token[] {
  const heads = [...tokens.entries()].filter(([, { type, tag }]) => {
    return type === "heading_open" && tag === "h2";
  });
  const at = heads.findIndex(([i]) => plainText(tokens[i + 1]?.children ?? []) === title);
  const [start] = heads[at] ?? [];
  if (start === undefined)
    throw new Error(`${source}: there is no '## ${title}', of which the site's menu is made`);
  return tokens.slice(start + 3, heads[at + 1]?.[0]);
}

interface Named {
  readonly text: string;
  readonly href: string;
}

/** Returns the links of an inline token, each with its words. */
function named({ children }: Token): Named[] {
  const tokens = children ?? [];
  return [...tokens.entries()].flatMap(([i, token]) => {
    const href = token.attrGet("href");
    if (token.type !== "link_open" || href === null) return [];
    const end = tokens.findIndex(({ type }, at) => at > i && type === "link_close");
    return [{ text: plainText(tokens.slice(i, end)), href }];
  });
}

/** A row of the table is a task, which leads to its page. Where it names several, they stand below it. */
function tasks(index: Page, item: ToItem, titled: (link: Named) => Item): Item[] {
  const cells = section(index, "By task").filter(({ type }) => type === "inline");
  // The first two are the head of the table.
  return cells.slice(2).flatMap((cell, i, rows) => {
    const links = named(rows[i + 1] ?? cell);
    const [first] = links;
    if (i % 2 === 1 || first === undefined) return [];
    const text = capital(plainText(cell.children ?? []));
    return [links.length === 1 ? item(text, first.href) : { text, items: links.map(titled) }];
  });
}

const components = (index: Page, item: ToItem): Item[] =>
  section(index, "By component")
    .filter(({ type }) => type === "inline")
    .flatMap((token) => named(token).map(({ text, href }) => item(text, href)));

function folders(pages: Pages): Item[] {
  const of = Map.groupBy(pages.values(), ({ source }) => folderOf(source));
  const names = [...of.keys()].toSorted((a, b) => Number(a === "") - Number(b === ""));
  return names.map((folder) => {
    const readme = pages.get(`${folder}/README.md`);
    const text = FOLDERS[folder] ?? readme?.title ?? capital(posix.basename(folder));
    const items = (of.get(folder) ?? []).map((page) => ({ text: page.title, link: urlOf(page) }));
    return { text, collapsed: true, items };
  });
}

/** Pages outside of `docs` stand together. */
const folderOf = (source: string): string =>
  source.startsWith("docs/") ? posix.dirname(source) : "";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
