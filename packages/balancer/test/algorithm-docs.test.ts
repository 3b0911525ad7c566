// Checks docs/algorithms against the code: every algorithm has a page, every page has a valid configuration and a
// figure, and every parameter and default on that page is the same as in the code.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ALGORITHMS, tuningsIn } from "@tandem/algorithms";
import {
  BALANCE_ALGORITHMS,
  type BalanceAlgorithm,
  BELONGS,
  parseConfig,
  RAMPING,
} from "@tandem/config";
import t from "tap";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const PAGES = globSync("docs/algorithms/*.md", { cwd: root });

/** Returns the rows of the table with the columns `key`, `type`, … below a heading of a page. */
function table(path: string, heading: string): string[][] {
  const section = read(path).split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = /^\| key \|.*\n\|[- |]*\n((?:\|.*\n)*)/m.exec(section)?.[1] ?? "";
  return rows
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
}

const codes = (cell = ""): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

const configurations = (page: string): string[] =>
  [...read(page).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ""]) => text);

const HASHING = "docs/algorithms/hashing.md";

/**
 * Returns the page of an algorithm. The hashing algorithms share one page, and every other algorithm has a page with
 * its name.
 */
const algorithmPage = (name: BalanceAlgorithm): string =>
  name !== "module" && ALGORITHMS[name].traits.key !== undefined
    ? HASHING
    : `docs/algorithms/${name}.md`;

function written(kind: string, value: unknown): string {
  if (kind !== "duration") return String(value);
  const ms = Number(value);
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** Returns the default that the code has for `key` of `algorithm`; undefined when the key has no default. */
function realDefault(
  key: string,
  inSchema: string,
  algorithm?: BalanceAlgorithm,
): string | undefined {
  const [schema] = codes(inSchema);
  if (schema !== undefined || algorithm === undefined || algorithm === "module") return schema;
  // The options of the algorithms do not contain `whole`, because no picker reads this key.
  if (key === "whole") return "false";
  const [, tuning] =
    tuningsIn(ALGORITHMS[algorithm].options).find(([path]) => path.join(".") === key) ?? [];
  return tuning && written(tuning.values.kind, tuning.default);
}

/**
 * The keys of `balance` with their defaults, as docs/configuration.md gives them. A key of a nested section is preceded
 * by the section's name: `section.key`.
 */
const KEYS: ReadonlyMap<string, string> = new Map(
  table("docs/configuration.md", "Balance").flatMap(([cell, type = "", standing = ""]) => {
    const [key = ""] = codes(cell);
    const part = /\[([a-z ]+)\]\(#/.exec(type)?.[1];
    if (part === undefined) return [[key, standing] as const];
    const heading = part.charAt(0).toUpperCase() + part.slice(1);
    return table("docs/configuration.md", heading).map(
      ([name, , inPart = ""]) => [`${key}.${codes(name)[0]}`, inPart] as const,
    );
  }),
);

const parameters = (page: string) =>
  table(page, "Parameters").map(([key, told]) => ({
    key: codes(key)[0] ?? "",
    told: codes(told)[0],
  }));

t.test("every algorithm has a page, with its parameters and their defaults", async (t) => {
  t.ok(KEYS.has("probes.poolSize") && KEYS.size > 35, "the reference has keys");
  for (const page of new Set(BALANCE_ALGORITHMS.map(algorithmPage))) {
    const own = BALANCE_ALGORITHMS.filter((name) => algorithmPage(name) === page);
    const belonging = [...KEYS.keys()].filter((key) => {
      const owners = BELONGS.get(key.split(".")[0] ?? "");
      return owners?.some((name) => own.includes(name));
    });
    const told = parameters(page);
    t.same(told.map(({ key }) => key).toSorted(), belonging.toSorted(), page);
    for (const { key, told: value } of told)
      t.equal(value, realDefault(key, KEYS.get(key) ?? "", own[0]), `${page}: ${key}`);
  }
});

t.test("the parameters that are common to algorithms have their defaults", async (t) => {
  const pages = ["slow-start", "priorities"].map((name) => `docs/algorithms/${name}.md`);
  const told = pages.flatMap(parameters);
  const general = [...KEYS.keys()].filter((key) => !BELONGS.has(key.split(".")[0] ?? ""));
  const elsewhere = ["algorithm", "passReports"];
  t.same(
    told.map(({ key }) => key).toSorted(),
    general.filter((key) => !elsewhere.includes(key)).toSorted(),
  );
  for (const { key, told: value } of told)
    t.equal(value, realDefault(key, KEYS.get(key) ?? ""), key);
  const penalty = parameters("docs/algorithms/failure-penalty.md");
  t.same(penalty, [{ key: "failurePenalty", told: realDefault("failurePenalty", "", "random") }]);
});

t.test("the page of an algorithm shows a configuration with it, and its figure", async (t) => {
  for (const page of PAGES) {
    if (/\/(?:README|figures)\.md$/.test(page)) continue;
    const used = configurations(page)
      .flatMap((text) =>
        Object.values(parseConfig(text, page, { env: {} }).balancer?.backends ?? {}),
      )
      .map(({ balance }) => balance.algorithm);
    const own = BALANCE_ALGORITHMS.filter((name) => algorithmPage(name) === page);
    t.ok(used.length > 0 && (own.length === 0 || own.some((name) => used.includes(name))), page);
    const figures = [...read(page).matchAll(/!\[[^\]]+\]\(\.\.\/(images\/lab\/[^)]+)\)/g)];
    if (page !== "docs/algorithms/module.md") t.ok(figures.length > 0, `${page} has a figure`);
    for (const [, figure = ""] of figures)
      t.ok(read("docs/algorithms/figures.md").includes(figure), `how ${figure} was made`);
  }
  const overview = read("docs/algorithms/README.md");
  for (const name of BALANCE_ALGORITHMS)
    t.ok(overview.includes(algorithmPage(name).replace("docs/algorithms/", "](")), name);
});

t.test("lists of algorithms in the documents leave none out", async (t) => {
  const [rows = ""] =
    /^\| `round-robin` .*\n(?:\|.*\n)*/m.exec(read("docs/concepts/load-balancer.md")) ?? [];
  const told = rows.split("\n").flatMap((row) => codes(row.split("|")[1]));
  t.same(new Set(told), new Set(BALANCE_ALGORITHMS), "docs/concepts/load-balancer.md");
  const sentences: readonly (readonly [string, RegExp, readonly BalanceAlgorithm[]])[] = [
    ["slow-start", /^Round robin, .*if you write it so/m, RAMPING],
    ["failure-penalty", /^It belongs to [^.]*/m, BELONGS.get("failurePenalty") ?? []],
  ];
  for (const [page, sentence, names] of sentences) {
    const [list = ""] = sentence.exec(read(`docs/algorithms/${page}.md`)) ?? [];
    for (const name of names.filter((one) => one !== "module"))
      t.match(list, new RegExp(name.replace("-", "[- ]"), "i"), `${page}.md: ${name}`);
  }
});
