// Broken links in a small tree: each is found, with its file and line, and stops the build.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";
import { linkedFiles, linkFaults, targetOf } from "./links.ts";
import { readPages, routeOf } from "./pages.ts";

const BROKEN = `# Broken

[no file](gone.md), [a file](fine.md) and
[no heading](fine.md#two), on the second line.

| a | b |
| --- | --- |
| [right](fine.md#one) | [wrong](#nowhere) |
| [above it all](../../secret.md) | [root](/fine.md) |

![far](https://example.com/a.png)
![not in docs](../code/a.svg)
<a href="fine.md">HTML</a>

<div>[not seen](gone.md)</div>

<kbd>Enter</kbd> and \`[no link](gone.md)\`
`;

const FINE = `# Fine

## One

[itself](#one), [code](../code/a.ts), [a folder](../code), [data](figures.csv), [the other](../packages/other)

## One

[the second](#one-1)
`;

const TREE = {
  docs: {
    "broken.md": BROKEN,
    "fine.md": FINE,
    "figures.csv": "1,2\n",
    "a.svg": "<svg/>",
  },
  code: { "a.ts": "", "a.svg": "<svg/>" },
  packages: { other: { "README.md": "# The other\n" } },
};

t.test("every broken link is found at its line", async (t) => {
  const root = t.testdir(TREE);
  const faults = linkFaults(root, await readPages(root));
  const places = faults.map((fault) => fault.split("  ")[0]);
  const lines = [3, 4, 8, 9, 9, 11, 12, 13, 13, 15];
  t.same(
    places,
    lines.map((line) => `docs/broken.md:${line}`),
  );
  const texts = faults.map((fault) => fault.split("  ")[1]);
  t.equal(texts[0], "'gone.md': there is no docs/gone.md");
  t.equal(texts[1], "'fine.md#two': docs/fine.md has no heading 'two'");
  t.equal(texts[3], "'../../secret.md': leads out of the repository");
  t.match(texts[4], "relative to this file");
  t.match(texts[5], "must be a file below docs/");
  t.match(texts[7], "links are not checked; write Markdown");
});

t.test("a heading that is nearly meant is named", async (t) => {
  const root = t.testdir({ "a.md": "# A\n\n## What is tried again\n\n[x](#what-is-tried)\n" });
  const [fault] = linkFaults(root, await readPages(root));
  t.match(fault, /^a\.md:5 .*did you mean 'what-is-tried-again'\?$/);
});

t.test("where links lead", async (t) => {
  const root = t.testdir(TREE);
  const pages = await readPages(root);
  const target = (href: string) => targetOf(root, pages, "docs/fine.md", href);
  t.same(target("#one-1"), { to: "page", url: "/fine.html#one-1" });
  t.same(target("../packages/other"), { to: "page", url: "/packages/other.html" });
  t.same(target("../code"), { to: "repository", path: "code" });
  t.same(target("../code/a.ts#L3"), { to: "repository", path: "code/a.ts" });
  t.same(target("figures.csv"), { to: "file", path: "docs/figures.csv" });
  t.same(target("https://example.com/"), { to: "outside" });
  t.same([...linkedFiles(root, pages)], ["docs/figures.csv"]);
});

t.test("README.md is the index of its folder", async (t) => {
  const routes = Object.entries({
    "README.md": "index.md",
    "docs/README.md": "documents.md",
    "docs/lab/README.md": "lab/index.md",
    "docs/lab/page.md": "lab/page.md",
    "docs/library.md": "library.md",
    "packages/lab/README.md": "packages/lab.md",
    "SECURITY.md": "security.md",
  });
  for (const [source, route] of routes) t.equal(routeOf(source), route, source);
});

t.test("the build ends at a broken link", async (t) => {
  const root = t.testdir({ docs: { "a.md": "# A\n\n[x](b.md)\n" } });
  const build = fileURLToPath(new URL("build.ts", import.meta.url));
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, HOME: root, DOCS_ROOT: root, NODE_COMPILE_CACHE };
  const { status, stderr } = spawnSync(process.execPath, [build, "--out", `${root}/out`], {
    env,
    encoding: "utf8",
  });
  t.equal(status, 1);
  t.match(stderr, "docs/a.md:3  'b.md': there is no docs/b.md\n");
});
