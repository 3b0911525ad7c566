// Tests of `tandem help`: what it says of a word that it does not know, the guides on a terminal and without one, the
// pager, and that the table of exit codes is the one that the commands' own helps show.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { paletteOf } from "@tandem/telemetry/colors";
import t from "tap";
import { COMMANDS } from "../src/cli/commands.ts";
import { cloneExecutables } from "../src/executables.ts";
import { guideFiles } from "../src/help/guide-files.ts";
import { renderMarkdown } from "../src/help/markdown.ts";
import { layTable } from "../src/help/table.ts";
import { findTopic, topicGroups, topicsOf } from "../src/help/topics.ts";
import { EXIT, EXIT_CODES, exitCodeLine } from "../src/refusal.ts";
import { hasTerminals, tandem, tandemOnTerminal } from "./terminal.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const noTerminals = hasTerminals ? {} : { skip: "script (Debian: bsdutils) is not installed" };
const ESCAPE = String.fromCharCode(27);

t.test("a word that is neither a guide nor a command", async (t) => {
  t.match(tandem(["help", "two-boxs"]), {
    status: EXIT.failure,
    stdout: "",
    stderr: /no guide and no command 'two-boxs'; did you mean two-boxes\?\n'tandem help topics'/,
  });
  t.match(tandem(["help", "chek"]).stderr, "did you mean check?");
  t.match(
    tandem(["help", "coming"]).stderr,
    "did you mean coming-from-caddy, coming-from-haproxy,",
  );
  t.notMatch(tandem(["help", "zzzzzzzz"]).stderr, "did you mean");
});

t.test("a wrong command or option: did you mean", async (t) => {
  const wrong: readonly (readonly [words: readonly string[], hint: string])[] = [
    [["statsu"], "(Did you mean status?)"],
    [["status", "--jsno"], "(Did you mean --json?)"],
    [["check", "--no-file"], "(Did you mean --no-files?)"],
    [["up", "--conifg", "x"], "(Did you mean --config?)"],
    [["cert", "isue"], "(Did you mean issue?)"],
    [["cert", "issue", "--froce"], "(Did you mean --force?)"],
    [["lab", "rnu"], "(Did you mean run?)"],
  ];
  for (const [words, hint] of wrong) {
    const { status, stderr } = tandem(words);
    t.ok(status === EXIT.failure || words[0] === "lab", words.join(" "));
    t.match(stderr, hint);
  }
  t.match(tandem(["statsu"]).stderr, /^error: .*\n\(Did .*\)\n\(all commands: tandem --help\)\n$/);
});

t.test("help of a command is the command's own, and help alone is that of tandem", async (t) => {
  const same = async (words: readonly string[], as: readonly string[]) => {
    const [one, other] = [tandem(words), tandem(as)];
    t.equal(one.status, 0, words.join(" "));
    t.equal(one.stdout, other.stdout);
  };
  await same(["help"], ["--help"]);
  await same(["help", "check"], ["check", "--help"]);
  await same(["help", "cert", "issue"], ["cert", "issue", "--help"]);
  await same(["help", "lab", "run"], ["lab", "run", "--help"]);
  await same(["help", "help"], ["help", "--help"]);
});

t.test("without a terminal a guide is written as it is", async (t) => {
  const nginx = read("docs/coming-from-nginx.md");
  const env = { PAGER: "false", FORCE_COLOR: "1" };
  for (const words of [["coming-from-nginx"], ["nginx"], ["coming", "from", "nginx"]])
    t.equal(tandem(["help", ...words], { env }).stdout, nginx);
  t.equal(tandem(["help", "docs/operations/reload.md"]).stdout, read("docs/operations/reload.md"));
});

t.test("every page has a name, is in the list, and is found by its path", async (t) => {
  const files = await guideFiles();
  const commands = Object.keys(COMMANDS);
  const topics = topicsOf(files, commands);
  t.ok(topics.length > 60, "pages were found");
  const listed = topicGroups(files, topics).flatMap(({ rows }) => rows.map(([name]) => name));
  for (const topic of topics) {
    t.notOk(commands.includes(topic.name), topic.name);
    t.ok(listed.includes(topic.name), `${topic.name} is in the list`);
    t.equal(findTopic([topic.name], topics), topic);
    t.equal(findTopic([topic.path], topics)?.path, topic.path);
  }
  const { stdout, status } = tandem(["help", "topics"]);
  t.equal(status, 0);
  t.match(stdout, /^By task\n {2}readme +see it run\n/m);
  t.match(stdout, /^ {2}two-boxes +run it on two machines$/m);
  t.match(stdout, /^By component\n {2}load-balancer +Load balancer\n/m);
  t.throws(() => topicsOf({ "docs/a/x.md": "", "docs/b/x.md": "", "docs/c/x.md": "" }, ["x"]));
});

t.test("every page can be read on a terminal of 80 columns", async (t) => {
  const files = await guideFiles();
  const colors = paletteOf(true);
  for (const [path, text] of Object.entries(files)) {
    const shown = renderMarkdown(text, { width: 80, colors, leadsTo: () => "" });
    const lines = stripVTControlCharacters(shown).split("\n");
    // Code is not broken, and neither is a table with more columns than there is room for.
    const wide = lines.filter((line) => line.length > 80 && !line.startsWith("    "));
    const words = wide.filter((line) => line.trim().includes(" ") && !/ {2}/.test(line.trim()));
    t.same(words, [], path);
    t.notMatch(shown, /^\|? ?---/m, `${path}: no raw table`);
    t.notMatch(shown, "<!--", `${path}: no comment`);
  }
});

t.test("what Markdown becomes", async (t) => {
  const page = [
    "# A *page*",
    "",
    "<!-- not shown -->",
    "One [link](b.md) and `a < b & c`,",
    "two lines.",
    "",
    "1. first",
    "2. second:",
    "   - inner ![alt](x.png)",
    "",
    "> quoted",
    "",
    "```sh",
    "run  this",
    "```",
    "",
    "| a | long |",
    "| - | - |",
    "| `x` | one two three |",
  ].join("\n");
  const look = { width: 24, colors: paletteOf(false) };
  t.equal(
    renderMarkdown(page, { ...look, leadsTo: (link) => `help ${link}` }),
    [
      "A page",
      "",
      "One link (help b.md) and",
      "a < b & c, two lines.",
      "",
      "1. first",
      "2. second:",
      "   - inner [picture:",
      "     alt]",
      "",
      "| quoted",
      "",
      "    run  this",
      "",
      "a  long",
      "x  one two three",
      "",
    ].join("\n"),
  );
  t.same(layTable([["aaaa bbbb cccc", "dddddddddddddd"]], 24), [
    "aaaa bbbb    ddddddddddd",
    "cccc         ddd",
  ]);
});

t.test("on a terminal a guide is laid out, and PAGER shows it", noTerminals, async (t) => {
  const lines = (text: string) => text.replaceAll("\r", "");
  const shown = tandemOnTerminal(["help", "exit-codes"]);
  t.equal(shown.status, 0);
  t.match(shown.stdout, `${ESCAPE}[`);
  t.match(lines(stripVTControlCharacters(shown.stdout)), /^check +0 +all valid/m);
  t.match(shown.stdout, "monitoring-guide)", "where a link leads");
  const paged = tandemOnTerminal(["help", "exit-codes"], { env: { PAGER: "sed 's/^/paged: /'" } });
  t.match(stripVTControlCharacters(paged.stdout), /^paged: Exit codes/m);
  const early = tandemOnTerminal(["help", "configuration"], { env: { PAGER: "head -n 1" } });
  t.equal(early.status, 0, "a reader who leaves early");
  t.equal(lines(stripVTControlCharacters(early.stdout)), "Configuration\n");
  const missing = tandemOnTerminal(["help", "exit-codes"], { env: { PAGER: "no-such-pager" } });
  t.match(missing.stdout, "no-such-pager");
  t.match(stripVTControlCharacters(missing.stdout), /^check +0 +all valid/m, "shown all the same");
});

t.test("NO_COLOR holds for every command on a terminal", noTerminals, async (t) => {
  const cwd = t.testdir({
    "broken.yaml": "site: x\nbalancr: {}\n",
    "tandem.yaml":
      'site: x\nbalancer: { frontends: { f: { bind: "127.0.0.1:0", routes: [{ backend: b }] } }, backends: { b: { servers: { s: { address: "127.0.0.1:9" } } } } }\n',
  });
  const LINES: readonly (readonly string[])[] = [
    ["--help"],
    ["help", "topics"],
    ["help", "exit-codes"],
    ["help", "no-such-topic"],
    ["check", "broken.yaml"],
    ["check"],
    ["status"],
    ["cert", "show"],
    ["lab", "list"],
  ];
  for (const words of LINES) {
    const plain = tandemOnTerminal(words, { cwd, env: { NO_COLOR: "1", FORCE_COLOR: "1" } });
    t.not(plain.stdout, "", words.join(" "));
    t.notMatch(plain.stdout, ESCAPE, words.join(" "));
  }
  for (const words of [
    ["help", "topics"],
    ["check", "broken.yaml"],
    ["lab", "list"],
  ])
    t.match(tandemOnTerminal(words, { cwd }).stdout, ESCAPE, `${words.join(" ")} has colours`);
});

t.test(
  "the exit codes in the commands' helps and in the document are those of the table",
  async (t) => {
    const page = read("docs/operations/exit-codes.md");
    const told = [...page.matchAll(/^\| (?:`(\w+)`|(other) commands) \| (\d+) \| (.+) \|$/gm)].map(
      ([, command, other, code, means]) => [command ?? other, code, means],
    );
    const real = Object.entries(EXIT_CODES).flatMap(([command, codes]) =>
      Object.entries(codes).map(([code, means]) => [command, code, means]),
    );
    t.same(told, real);
    const codes: readonly number[] = Object.values(EXIT);
    for (const [command = "", code] of real) {
      t.ok(codes.includes(Number(code)), `${code} is an exit code`);
      t.ok(command === "other" || command in COMMANDS, `${command} is a command`);
    }
    for (const [name, row] of Object.entries(COMMANDS)) {
      if (name === "lab") continue;
      const command = (await row.load())(cloneExecutables);
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      const lines = help.match(/^Exit codes?:.*$/gm) ?? [];
      if (!(name in EXIT_CODES)) t.same(lines, [], `${name} has no codes of its own`);
      else t.match(lines, [exitCodeLine(name as keyof typeof EXIT_CODES).trim()], name);
    }
  },
);
