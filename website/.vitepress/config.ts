// How VitePress builds the site; what it is made of is in src/.
import { defineConfig } from "vitepress";
import { home } from "../src/home.ts";
import { sidebar } from "../src/navigation.ts";
import { MARKDOWN, ROOT, readPages } from "../src/pages.ts";
import { rewriteLinks } from "../src/rewrite-links.ts";

const pages = await readPages();
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cg fill='none' stroke='%233b6fd4' stroke-width='3'%3E%3Ccircle cx='9' cy='20' r='7'/%3E%3Ccircle cx='23' cy='20' r='7'/%3E%3Cpath d='M9 20l7-11 7 11'/%3E%3C/g%3E%3C/svg%3E";

// biome-ignore lint/style/noDefaultExport: VitePress reads the default export
export default defineConfig({
  title: "Tandem",
  description:
    "A website on two servers: load balancer, web servers, application servers, database",
  lang: "en",
  // Relative addresses work in any folder of any host, and from files.
  base: "./",
  srcDir: ROOT,
  // Otherwise VitePress takes every config.ts of the repository for its own.
  additionalConfig: {},
  srcExclude: ["**/test/**", "website/**", "benchmarks/**"],
  rewrites: Object.fromEntries([...pages.values()].map(({ source, route }) => [source, route])),
  cleanUrls: false,
  head: [["link", { rel: "icon", href: ICON }]],
  // The index for the search is one file, which a page loads when its visitor searches.
  vite: { build: { chunkSizeWarningLimit: 1500 } },
  markdown: {
    ...MARKDOWN,
    config: (markdown) =>
      rewriteLinks(markdown, { root: ROOT, pages, repository: process.env.DOCS_REPOSITORY }),
  },
  transformPageData: ({ filePath }) =>
    filePath === "README.md" ? { frontmatter: home(ROOT, pages) } : {},
  themeConfig: {
    nav: [
      { text: "Documents", link: "/documents.html" },
      { text: "Configuration", link: "/configuration.html" },
      { text: "Changes", link: "/changelog.html" },
    ],
    sidebar: sidebar(ROOT, pages),
    outline: { level: [2, 3] },
    search: { provider: "local" },
    externalLinkIcon: true,
  },
});
