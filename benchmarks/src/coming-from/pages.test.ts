// Tests of docs/coming-from-haproxy.md, -nginx.md and -caddy.md: the configurations on the pages are the files that the
// other tests run, and the keys that their tables name exist.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { EXAMPLES, filledIn } from "./both-sites.ts";
import { caddy, haproxy, nginx } from "./originals.ts";

const DOCS = join(EXAMPLES, "../../docs");
const ORIGINALS = [haproxy, nginx, caddy];

/** Returns the configurations that a page shows. */
function shown(page: string): string[] {
  return [...page.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, text = ""]) => text);
}

/** Returns the cells of the last column of the tables that a page has. */
function translations(page: string): string[] {
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  return rows.map((row) => row.split(/(?<!\\)\|/).at(-2) ?? "");
}

/** Returns the keys that a cell names: `timeouts.client` are two, `check: { rise: 2 }` are two. */
function keysIn(cell: string): string[] {
  const code = [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
  return code.flatMap((text) => {
    const path = /^[a-z]\w+(?:\.\w+)+$/i.exec(text)?.[0].split(".") ?? [];
    const mapping = [...text.matchAll(/(?<!["\w.:/])([a-zA-Z]+)(?=: |: ?$)/g)].map(
      ([, key = ""]) => key,
    );
    return [...path, ...mapping];
  });
}

/** Returns every key of docs/configuration.md, and `NAME`, which stands there for a name of the user's choice. */
function knownKeys(): Set<string> {
  const reference = readFileSync(join(DOCS, "configuration.md"), "utf8");
  const rows = [...reference.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key = ""]) => key);
  const sections = [...reference.matchAll(/At `([^`]+)`/g)].map(([, path = ""]) => path);
  const keys = [...rows, ...sections].flatMap((path) => path.replaceAll("[]", "").split("."));
  return new Set([...keys, "NAME"]);
}

t.test("each page shows its two files, word for word", async (t) => {
  for (const { program, file } of ORIGINALS) {
    const page = readFileSync(join(DOCS, `coming-from-${program}.md`), "utf8");
    const files = [file, join(file, "../tandem.yaml")];
    const texts = files.map((each) => readFileSync(join(EXAMPLES, each), "utf8"));
    t.same(shown(page), texts, program);
  }
  const all = globSync("*/*", { cwd: EXAMPLES });
  t.equal(all.length, 2 * ORIGINALS.length, "every file of the folder is on a page");
});

t.test("the keys that the tables name exist", async (t) => {
  const known = knownKeys();
  for (const { program } of ORIGINALS) {
    const page = readFileSync(join(DOCS, `coming-from-${program}.md`), "utf8");
    const named = new Set(translations(page).flatMap(keysIn));
    t.ok(named.size > 40, `${program}: ${named.size} keys were found`);
    t.same(
      [...named].filter((key) => !known.has(key)),
      [],
      program,
    );
  }
  t.same(keysIn("`timeouts.clent`, `chek: { http: { path: /x } }`, `/api/v1/status`"), [
    ...["timeouts", "clent"],
    ...["chek", "http", "path"],
  ]);
});

t.test("a replacement that finds nothing is an error", async (t) => {
  t.equal(filledIn("f", "listen 80;", { "listen 80;": "listen 8080;" }), "listen 8080;");
  t.throws(() => filledIn("f", "listen 81;", { "listen 80;": "x" }), /'listen 80;' is not in it/);
});
