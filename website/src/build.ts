// `npm run docs`: checks every link of the documents, then builds the site. With --check it only checks; with --watch
// it serves the site on this machine and shows each change of a page as it is saved.
import { cpSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, createServer } from "vitepress";
import { linkedFiles, linkFaults } from "./links.ts";
import { type Pages, ROOT, readPages } from "./pages.ts";

const website = dirname(dirname(fileURLToPath(import.meta.url)));

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    watch: { type: "boolean", default: false },
    out: { type: "string", default: join(website, "dist") },
    repository: { type: "string" },
  },
});
// The configuration is read by VitePress, which has no other way to hand it something.
if (values.repository !== undefined) process.env.DOCS_REPOSITORY = values.repository;

/** Says what is wrong with the links of all pages. Returns whether nothing is. */
function linksLead(pages: Pages): boolean {
  const faults = linkFaults(ROOT, pages);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0)
    console.error(`\nLinks that lead nowhere: ${faults.length}. The site is built when all lead.`);
  return faults.length === 0;
}

async function buildInto(out: string, pages: Pages): Promise<void> {
  await build(website, { outDir: out });
  for (const file of linkedFiles(ROOT, pages))
    cpSync(join(ROOT, file), join(out, file.replace(/^docs\//, "")));
  console.log(`${pages.size} pages in ${out}`);
}

const pages = await readPages();
if (values.watch) {
  linksLead(pages);
  const server = await createServer(website);
  await server.listen();
  server.printUrls();
} else if (!linksLead(pages)) process.exitCode = 1;
else if (!values.check) await buildInto(resolve(values.out), pages);
