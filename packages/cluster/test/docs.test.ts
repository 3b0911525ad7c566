// Tests of the documents: the files and commands that they name exist, the configurations that they show can be
// loaded, and their tables agree with the code.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, loadConfig, parseConfig } from "@tandem/config";
import type { Command } from "commander";
import t from "tap";
import { COMMANDS } from "../src/cli/commands.ts";
import { cloneExecutables } from "../src/executables.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/**
 * The paths of all documents that people read. The examples of HTTP messages in packages/http/test/vectors are
 * Markdown too, but are left out because they are tests.
 */
const PAGES = ["*.md", "docs/**/*.md", "examples/**/*.md", "packages/*/*.md"]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((path) => !path.includes("node_modules"));

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocks(page: string): Block[] {
  return [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

const withoutBlocks = (page: string) => page.replaceAll(/^```\w*\n.*?^```$/gms, "");

/** Returns the anchor that GitHub gives a heading. */
function slug(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-");
}

function anchors(path: string): Set<string> {
  const headings = withoutBlocks(read(path)).matchAll(/^#+ +(.+?) *$/gm);
  return new Set([...headings].map(([, text = ""]) => slug(text)));
}

/** Returns the targets of a page's relative links, as paths from the root, with their anchors. */
function links(path: string): { readonly target: string; readonly anchor: string }[] {
  const text = withoutBlocks(read(path)).replaceAll(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = "", anchor = ""] = link.split("#");
      return { target: file === "" ? path : join(dirname(path), file), anchor };
    });
}

t.test("every link has a target, and every page is linked", async (t) => {
  const linked = new Set<string>();
  for (const page of PAGES) {
    for (const { target, anchor } of links(page)) {
      linked.add(target);
      if (!existsSync(join(root, target))) t.fail(`${page} links ${target}, which is not there`);
      else if (anchor !== "" && !anchors(target).has(anchor))
        t.fail(`${page} links ${target}#${anchor}, but there is no such heading`);
    }
  }
  const orphans = PAGES.filter((page) => page.startsWith("docs/") && !linked.has(page));
  t.same(orphans, [], "pages without a link to them");
  t.ok(linked.size > 30, "links were found");
});

t.test("every configuration shown is valid", async (t) => {
  let shown = 0;
  for (const page of PAGES) {
    for (const { language, text } of blocks(read(page))) {
      if (language !== "yaml" || /^(?:\s*#.*\n)+$/.test(text)) continue;
      const whose = /^# (\S+\.ya?ml)/.exec(text)?.[1];
      if (whose !== undefined && whose !== "tandem.yaml") continue;
      shown += 1;
      t.doesNotThrow(() => {
        const { cluster } = parseConfig(text, page, { env: {} });
        for (const box of Object.keys(cluster.boxes)) parseConfig(text, page, { box, env: {} });
      }, page);
    }
  }
  t.ok(shown >= 9, "configurations were found");
});

/** The programs of an installed `tandem` that are not commands of this package (distribution/src/main.ts). */
const PROGRAMS: readonly string[] = ["lab", "balancer", "webserver", "appserver"];

const rows = await Promise.all(Object.values(COMMANDS).map((row) => row.load()));
const commandsOfTandem: readonly Command[] = rows.map((make) => make(cloneExecutables));

/** Returns the texts of a page that a reader might type into a shell: inline code, and the lines of shell blocks. */
function typed(page: string): string[] {
  const inline = [...withoutBlocks(page).matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  const shell = blocks(page).filter(({ language }) => language === "sh" || language === "");
  return [...inline, ...shell.flatMap(({ text }) => text.split("\n"))];
}

/** Returns why `line`, a call of `tandem`, cannot work; undefined when it can work. */
function commandFault(line: string): string | undefined {
  const words = line.replace(/#.*/, "").trim().split(/\s+/);
  let commands = commandsOfTandem;
  let command: Command | undefined;
  for (const word of words) {
    const next = commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    commands = next.commands;
  }
  // The laboratory has its own test for the calls in its pages.
  if (PROGRAMS.includes(words[0] ?? "")) return undefined;
  if (command === undefined) return `there is no 'tandem ${words[0]}'`;
  const known = ["--help", ...command.options.map(({ long }) => long)];
  const unknown = (line.match(/--[a-z]+(?:-[a-z]+)*/g) ?? []).filter(
    (flag) => !known.includes(flag),
  );
  return unknown.length === 0
    ? undefined
    : `'tandem ${command.name()}' has no ${unknown.join(", ")}`;
}

t.test("every command named exists, with the options it is given", async (t) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const runs = /(?:^|\$ |sudo -u tandem |&& |cluster\/bin\/)tandem(?:\.ts)? ([a-z]+[^|;&]*)/g;
  let commands = 0;
  for (const page of PAGES) {
    for (const line of typed(read(page))) {
      for (const [, rest = ""] of line.matchAll(runs)) {
        commands += 1;
        const fault = commandFault(rest);
        if (fault === undefined) continue;
        t.fail(`${page}: ${fault}`, { line });
      }
      for (const [, script = ""] of line.matchAll(/\bp?npm (?:run )?([a-z][\w:-]*)/g))
        if (!(script in scripts) && !["exec", "install", "uninstall", "update"].includes(script))
          t.fail(`${page}: package.json has no script '${script}'`, { line });
      for (const [, file = ""] of line.matchAll(/\bnode ((?:packages|scripts)\/\S+\.ts)/g))
        if (!/\bx\.test\.ts$/.test(file) && !existsSync(join(root, file)))
          t.fail(`${page}: there is no ${file}`, { line });
    }
  }
  t.ok(commands > 20, "commands were found");
  t.match(commandFault("fly --now"), "no 'tandem fly'");
  t.match(commandFault("up --now"), "no --now");
});

/** Returns the rows of the table below a heading, without the white space around the cells. */
function table(path: string, heading: string): string[][] {
  const section = read(path).split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
}

const codes = (cell = ""): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

interface ErrorRow {
  readonly status: number;
  readonly termination: string;
  readonly retry: string;
}

// Imports a file of the balancer that the package does not export, because the documents describe
// that file. Only a test of documents may import such a file.
const inside = (file: string): Promise<unknown> =>
  import(new URL(`../../${file}`, import.meta.url).href);

t.test("the tables of failures agree with the code", async (t) => {
  const { PROXY_ERRORS } = (await inside("balancer/src/exchange/proxy-error.ts")) as {
    PROXY_ERRORS: Readonly<Record<string, ErrorRow>>;
  };
  const told = table("docs/lifecycle.md", "Every failure").map(([code, status, state, retry]) => [
    codes(code)[0],
    `${status} ${codes(state)[0]} ${retry}`,
  ]);
  const real = Object.entries(PROXY_ERRORS).map(([code, row]) => [
    code,
    `${row.status} ${row.termination} ${row.retry}`,
  ]);
  t.same(Object.fromEntries(told), Object.fromEntries(real));

  const { abortTermination } = (await inside("front/src/termination.ts")) as {
    abortTermination(cause: string, phase: string): readonly [string, string];
  };
  const causes = [
    ...["client-closed", "client-timeout", "bad-body", "broken-protocol", "body-too-large"],
    "stopped",
  ];
  const phases = ["queue", "connect", "response", "data", "tunnel"];
  const aborts = causes.flatMap((cause) =>
    phases.map((phase) => abortTermination(cause, phase)[0]),
  );
  const failures = Object.values(PROXY_ERRORS).map(({ termination }) => termination);
  // Termination states of requests that reached no server, as frontends and the webserver write them to their logs.
  const local = ["----", "LR--", "cR--", "CR--"];
  const rows = table("docs/operations/troubleshooting.md", "Termination states");
  const explained = rows.flatMap(([state]) => codes(state));
  t.same(explained.toSorted(), [...new Set([...failures, ...aborts, ...local])].sort());
});

t.test("the metrics named exist, and all are named", async (t) => {
  const source = read("packages/balancer/src/admin/metrics.ts");
  const real = [...source.matchAll(/\[\s*"([a-z0-9_]+)",\s*"(?:counter|gauge)"/g)].map(
    ([, n]) => n,
  );
  const told = table("docs/operations/monitoring.md", "Prometheus")
    .filter((row) => row.length === 4)
    .flatMap(([names]) => codes(names))
    .map((name) => name.replace(/\{.*\}/, ""));
  t.same(told.toSorted(), [...new Set(real)].sort());
});

function portsOf({ balancer, cluster }: Config): number[] {
  const binds = [
    ...Object.values(balancer?.frontends ?? {}).map(({ bind }) => bind),
    balancer?.admin?.bind,
    ...Object.values(cluster.boxes).flatMap((box) => [box.webserver?.bind, box.appserver?.bind]),
  ];
  return binds.flatMap((bind) => bind?.port ?? []);
}

t.test("the ports named are those of the example", async (t) => {
  const example = join(root, "examples/www.foobar.com/tandem.yaml");
  const real = portsOf(loadConfig(example, { box: "box1" })).toSorted();
  const told = table("docs/architecture.md", "Ports").map(([port]) => Number(port));
  t.same(told.toSorted(), real);
  const readme = [...read("README.md").matchAll(/\b8\d{3}\b/g)].map(Number);
  t.same(
    readme.filter((port) => !real.includes(port)),
    [],
    `${relative(root, example)} has no such port`,
  );
});
