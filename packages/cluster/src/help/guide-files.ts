// Reads the guides: the pages of docs/, and those in the root. In a clone they are read when a guide is asked for. In an
// installed program the build has put the texts in place of this file.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../../..");
const PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/**/*.md"];

/** Returns the text of each page, by its path from the root of the repository. */
export async function guideFiles(): Promise<Readonly<Record<string, string>>> {
  const paths = globSync(PAGES, { cwd: ROOT }).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
}
