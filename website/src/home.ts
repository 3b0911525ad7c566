// The head of the first page, above the README: what a visitor can have running within a minute.
import { targetOf } from "./links.ts";
import type { Pages } from "./pages.ts";

const ACTIONS = [
  { text: "In a minute", href: "README.md#in-a-minute" },
  { text: "Which way is mine", href: "docs/which-way.md" },
  { text: "All documents", href: "docs/README.md" },
];

/** Returns the front matter of the first page. Throws when a link on it leads nowhere. */
export function home(root: string, pages: Pages): Readonly<Record<string, unknown>> {
  const actions = ACTIONS.map(({ text, href }, i) => {
    const target = targetOf(root, pages, "README.md", href);
    if (target.to !== "page")
      throw new Error(
        `website/src/home.ts: '${href}' leads nowhere: ${"fault" in target ? target.fault : ""}`,
      );
    return { text, link: target.url, theme: i === 0 ? "brand" : "alt" };
  });
  const hero = {
    name: "Tandem",
    text: "A website on two servers",
    tagline: "Load balancer, web server and application server, in TypeScript on Node",
    actions,
  };
  return { layout: "home", hero };
}
