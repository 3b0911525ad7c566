// The menu follows docs/README.md, and leads to every page.

import t from "tap";
import type { DefaultTheme } from "vitepress";
import { home } from "./home.ts";
import { sidebar } from "./navigation.ts";
import { ROOT, readPages, urlOf } from "./pages.ts";

type Item = DefaultTheme.SidebarItem;

const INDEX = `# Documents

## By task

| I want to | read |
| --- | --- |
| see \`it\` run | [README](../README.md#start) |
| use it | [a](a.md), then [the *top*](../README.md#start) |

## By component

1. [The a](a.md): what it is
`;

const TREE = {
  "README.md": "# Top\n\n## Start\n",
  docs: { "README.md": INDEX, "a.md": "# A\n", "b.md": "# B\n", deep: { "c.md": "# C\n" } },
};

t.test("by task, by component, and every page", async (t) => {
  const root = t.testdir(TREE);
  t.same(sidebar(root, await readPages(root)), [
    {
      text: "By task",
      items: [
        { text: "See it run", link: "/#start" },
        {
          text: "Use it",
          items: [
            { text: "A", link: "/a.html" },
            { text: "The top", link: "/#start" },
          ],
        },
      ],
    },
    { text: "By component", items: [{ text: "The a", link: "/a.html" }] },
    {
      text: "All pages",
      items: [
        {
          text: "Guides",
          collapsed: true,
          items: [
            { text: "Documents", link: "/documents.html" },
            { text: "A", link: "/a.html" },
            { text: "B", link: "/b.html" },
          ],
        },
        { text: "Deep", collapsed: true, items: [{ text: "C", link: "/deep/c.html" }] },
        { text: "The project", collapsed: true, items: [{ text: "Top", link: "/" }] },
      ],
    },
  ]);
});

t.test("a section of docs/README.md that is gone is named", async (t) => {
  const index = INDEX.replace("## By component", "## Parts");
  const root = t.testdir({ ...TREE, docs: { ...TREE.docs, "README.md": index } });
  const pages = await readPages(root);
  t.throws(() => sidebar(root, pages), /docs\/README\.md: there is no '## By component'/);
  t.throws(() => home(root, pages), /website\/src\/home\.ts: .*in-a-minute/);
});

t.test("no page of the repository is left out", async (t) => {
  const pages = await readPages();
  const links = (items: readonly Item[]): (string | undefined)[] =>
    items.flatMap(({ link, items: more }) => [link, ...links(more ?? [])]);
  const linked = new Set(links(sidebar(ROOT, pages)));
  for (const page of pages.values()) t.ok(linked.has(urlOf(page)), page.source);
  t.ok(pages.size > 50, `${pages.size} pages`);
});
