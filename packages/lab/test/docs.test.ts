// Readers type the commands of docs/lab. So every shown command must exist with its options. Commands that take only
// seconds are run here, and must write the figures that the page names.
import { copyFileSync, existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Command } from "commander";
import t from "tap";
import { ALL_STUDIES, findStudy } from "../src/cli/find-study.ts";
import { labProgram } from "../src/cli/program.ts";
import type { StudyRun } from "../src/cli/study-run.ts";
import { churnFigures } from "../src/figures/churn.ts";
import { NARROW, WIDE } from "../src/figures/figure.ts";
import { figuresOf } from "../src/figures/of-study.ts";
import { runStudy } from "../src/scenarios/run-study.ts";
import type { Study } from "../src/scenarios/study.ts";
import { logs, startLab } from "./support/command.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const PAGES = globSync("{*.md,docs/**/*.md,packages/*/*.md}", { cwd: root });
const read = (page: string) => readFileSync(join(root, page), "utf8");

/** Returns the words after `tandem lab` in the code blocks of a page. */
function commandsOf(text: string): string[][] {
  const found = text.matchAll(/(?:`|^)(?:tandem lab|npm run lab --) ([^`#\n]+)/gm);
  return [...found].map(([, line = ""]) =>
    [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? ""),
  );
}

const program = labProgram();

function fault(words: readonly string[]): string | undefined {
  const command: Command | undefined = program.commands.find((one) => one.name() === words[0]);
  if (command === undefined) return `there is no 'tandem lab ${words[0]}'`;
  const known = ["--help", ...command.options.map(({ long }) => long)];
  const unknown = words.filter((word) => word.startsWith("--") && !known.includes(word));
  return unknown.length === 0 ? undefined : `'${words[0]}' has no ${unknown.join(", ")}`;
}

t.test("every command shown exists with its options", async (t) => {
  let commands = 0;
  for (const page of PAGES)
    for (const words of commandsOf(read(page))) {
      if (words[0]?.startsWith("-")) continue;
      commands++;
      t.equal(fault(words), undefined, `${page}: ${words.join(" ")}`);
    }
  t.ok(commands > 30, `${commands} commands were found`);
  t.match(fault(["fly"]), "there is no");
  t.match(fault(["run", "S4", "--fast"]), "'run' has no --fast");
});

const README = read("docs/lab/README.md");

/** Changes a command so that it computes for a second instead of a minute. */
function cheaper(words: readonly string[]): readonly string[] {
  const [name] = words;
  const small = words.map((word) => (/^S[348]$/.test(word) ? "mine.json" : word));
  if (name === "check") return ["check", "--only", "H1"];
  // When an option is given twice, Commander uses the second value.
  if (name === "compare") return [...small, "--seeds", "10", "--most-seeds", "10"];
  if (name === "map")
    return [...words, "--situations", "usual", "--ratios", "2", "--loads", ".5", "--seeds", "2"];
  if (name === "sweep") return [...words, "--seeds", "2"];
  if (name === "limit") return [...words, "--seeds", "2", "--tolerance", "20%"];
  if (name === "test") return [...words, "--seeds", "2"];
  if (name === "report") return [...small, "--seeds", "1"];
  if (name === "run") {
    const chosen = words.includes("--algorithms") ? [] : ["--algorithms", "round-robin"];
    return [...words, "--seeds", "1", ...chosen];
  }
  return name === "replay" ? [...words, "--seeds", "1"] : words;
}

t.test("the commands of the guide work in the order they are shown", async (t) => {
  const folder = t.testdir();
  const json = /```json\n(.*?)```/s.exec(README)?.[1] ?? "";
  writeFileSync(join(folder, "mine.json"), json);
  copyFileSync(join(root, "examples/custom-algorithm/warm-first.ts"), join(folder, "mine.ts"));
  const log = readFileSync(logs("haproxy"));
  writeFileSync(join(folder, "access.log"), log);
  writeFileSync(join(folder, "haproxy.log.gz"), gzipSync(log));
  // The checks and the whole report take minutes, so they are not run here.
  const slow = /^(?:check(?! --only)|report --out)/;
  const commands = commandsOf(README).filter(
    (words) => !slow.test(words.join(" ")) && words.length > 1,
  );
  t.ok(commands.length >= 13, `${commands.length} commands`);
  for (const words of commands) {
    const { code, stderr } = await startLab(cheaper(words), { cwd: folder, bare: true }).outcome;
    t.equal(code, 0, `${words.join(" ")}\n${stderr}`);
  }
  for (const file of ["figures/s4.json", "figures/s4-requests-on-servers.csv", "report.html"])
    t.ok(existsSync(join(folder, file)), file);
});

t.test("the commands of the page's guide find their files", async (t) => {
  const folder = t.testdir({ "mine.json": /```json\n(.*?)```/s.exec(README)?.[1] ?? "" });
  copyFileSync(join(root, "examples/custom-algorithm/warm-first.ts"), join(folder, "mine.ts"));
  const commands = commandsOf(read("docs/lab/page.md")).filter(
    ([name, ...words]) => name === "serve" && words.some((word) => /^S\d|mine/.test(word)),
  );
  t.ok(commands.length >= 5, `${commands.length} commands`);
  // Exported, the page is made of the same parts, and the command ends.
  for (const words of commands) {
    const all = [...words, "--export", "lab.html"];
    const { code, stderr } = await startLab(all, { cwd: folder, bare: true }).outcome;
    t.equal(code, 0, `${words.join(" ")}\n${stderr}`);
  }
});

/** Runs a study for only 60 ms of simulated time. The names of its figures stay the same. */
function brief(study: Study): StudyRun {
  const candidates = study.candidates.slice(0, 1);
  const variants = study.variants(false).map(({ only: _, ...variant }) => ({
    ...variant,
    scenario: { ...variant.scenario, warmupMs: 0, durationMs: 60, drainMs: 0 },
  }));
  const seeds = [1];
  const rows = [...runStudy({ ...study, variants: () => variants }, { candidates, seeds })];
  return { study, candidates, variants, seeds, rows, notes: [] };
}

t.test("every scenario writes the figures that the page names", async (t) => {
  const rows = [...read("docs/lab/reproduce.md").matchAll(/^\| (S\d+) .*$/gm)];
  t.equal(rows.length, ALL_STUDIES.length);
  for (const [row, id = ""] of rows) {
    const [command, ...promised] = [...row.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
    t.equal(command, `tandem lab run ${id} --out figures`);
    const study = findStudy(id);
    const figures = "variants" in study ? figuresOf(brief(study)) : churnFigures(study.rows());
    t.same(figures.map(({ name }) => name).sort(), promised.toSorted(), id);
    for (const figure of figures)
      for (const width of [NARROW, WIDE])
        t.notMatch(figure.draw(width).body, /NaN|Infinity|undefined/, `${figure.name} at ${width}`);
  }
});
