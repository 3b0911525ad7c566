// Runs `tandem lab` like a person would, and tests what the command refuses, what it prints and which files it writes.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { findCandidates, findSimulated, findStudy } from "../src/cli/find-study.ts";
import { plain, withUnit } from "../src/figures/numbers.ts";
import { lab, startLab, TINY } from "./support/command.ts";

/** Makes a folder with `tiny.json` in it. */
function folderWith(t: Test): { readonly folder: string; readonly tiny: string } {
  const folder = t.testdir({ "tiny.json": JSON.stringify(TINY) });
  return { folder, tiny: join(folder, "tiny.json") };
}

t.test("an error in the options is told last, without the whole help", async (t) => {
  const { code, stderr } = await lab("advise", "--rate", "many");
  t.equal(code, 2);
  t.match(
    stderr,
    /'many' is invalid.*\n+'tandem lab COMMAND --help' shows the options of a command\n$/,
  );
  t.notMatch(stderr, "--max-connections");
});

t.test("a wrong scenario, algorithm or file is named, with what is right", async (t) => {
  const folder = t.testdir({
    "no.json": "{",
    "part.json": '{"name":"x","servers":[]}',
    "cut.json": JSON.stringify({
      variants: [
        {
          label: "a",
          scenario: { ...TINY, service: { kind: "trace", values: { omitted: 5000 } } },
        },
      ],
    }),
  });
  const studies: readonly (readonly [string, RegExp])[] = [
    ["linkrd", /'linkrd' is no scenario; did you mean 'linkerd'\?/],
    ["something else", /^'something else' is no scenario\n'tandem lab list' shows all/],
    [join(folder, "no.json"), /no\.json:1:2 {2}not valid JSON: the file ends too early/],
    [join(folder, "absent.json"), /absent\.json: ENOENT: there is no such file.*tandem lab list/],
    [
      join(folder, "part.json"),
      /durationMs: missing, expected milliseconds .*traffic: missing.*service: missing/s,
    ],
    [join(folder, "cut.json"), /left out of this file because of its length; replay the log/],
  ];
  for (const [typed, message] of studies) t.throws(() => findStudy(typed), message);
  t.throws(() => findSimulated("S14"), /S14 computes where keys go/);
  const linkerd = findSimulated("LINKERD");
  const algorithms: readonly (readonly [string, RegExp])[] = [
    [
      "least-con",
      /found 'least-con', .*\n {2}did you mean 'least-conn'\?\n {2}allowed: round-robin, /,
    ],
    ["random:draws", /expected a parameter with its value: KEY=VALUE/],
    ["random:=3", /expected a parameter with its value: KEY=VALUE/],
  ];
  for (const [typed, message] of algorithms)
    t.throws(() => findCandidates(linkerd, [typed]), message);
  const ring = "uri:hash.method=ring,hash.balanceFactor=1.25";
  t.match(findCandidates(linkerd, ["peak EWMA", ring, "random(3)", "peak-ewma:decay=10s"]), [
    { algorithm: "peak-ewma", parameters: { failurePenalty: "0s" } },
    {
      label: ring,
      algorithm: "uri",
      parameters: { hash: { method: "ring", balanceFactor: 1.25 } },
    },
    { algorithm: "random", parameters: { draws: 3 } },
    { algorithm: "peak-ewma", parameters: { decay: "10s" } },
  ]);
});

t.test("a wrong command line is explained without a stack, and exits 2", async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["run", "linkrd"], /did you mean 'linkerd'\?/],
    [["run", "linkerd", "--algorithms", "random", "Random"], /'Random' is named twice, expected/],
    [
      ["run", "S4", "--variants", "zzz"],
      /no variant of S4 contains 'zzz'; there are: 1000 requests/,
    ],
    [["compare", "S4", "jsq", "prequal", "--seeds", "9"], /whole number from 10 to/],
    [["run", "S4", "--threads", "0"], /Expected a whole number from 1 to 1,024/],
    [["check", "--only", "E99"], /'E99' is no check; did you mean 'E\d'\?/],
    [["report", "S4"], /required option '--out/],
    [["fly"], /unknown command 'fly'/],
  ];
  await Promise.all(
    cases.map(async ([words, message]) => {
      const { code, stdout, stderr } = await lab(...words);
      t.match(stderr, message, words.join(" "));
      t.notMatch(stderr, /^ {4}at /m, "no stack");
      t.equal(stdout, "");
      t.equal(code, 2);
    }),
  );
});

t.test("a folder that cannot be written is refused before anything is simulated", async (t) => {
  const { folder, tiny } = folderWith(t);
  writeFileSync(join(folder, "file"), "");
  const { code, stderr } = await lab("run", tiny, "--out", join(folder, "file"));
  t.match(stderr, /^cannot write to .*file: /);
  t.equal(code, 1);
});

const asRoot = process.getuid?.() === 0 && "root may write to every folder";
t.test("so is a folder without permission to write", { skip: asRoot }, async (t) => {
  const { folder, tiny } = folderWith(t);
  mkdirSync(join(folder, "locked"));
  chmodSync(join(folder, "locked"), 0o500);
  const locked = await lab("run", tiny, "--out", join(folder, "locked"));
  t.match(locked.stderr, /cannot write to .*locked: EACCES/);
});

t.test("an interrupt ends a run at once, and no file is left", async (t) => {
  const { folder } = folderWith(t);
  const out = join(folder, "out");
  // The simulation takes minutes, so the interrupt certainly comes in the middle of it.
  const long = { ...TINY, durationMs: 100_000_000 };
  writeFileSync(join(folder, "long.json"), JSON.stringify(long));
  const { child, outcome } = startLab(["run", join(folder, "long.json"), "--out", out], {
    bare: true,
  });
  await until(() => existsSync(out), child.exitCode);
  child.kill("SIGINT");
  const { signal, stdout } = await outcome;
  t.equal(signal, "SIGINT");
  t.equal(stdout, "");
  t.same(readdirSync(out), []);
});

/** Waits for a condition. Fails the test after a minute, because the condition normally holds far sooner. */
async function until(done: () => boolean, ended: number | null): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!done()) {
    if (Date.now() > deadline || ended !== null)
      throw new Error("the condition did not become true");
    await sleep(20);
  }
}

t.test("list: every scenario, check and algorithm, as text and as JSON", async (t) => {
  const [text, json] = await Promise.all([lab("list"), lab("list", "--json")]);
  const { scenarios, checks, algorithms } = JSON.parse(json.stdout);
  t.same(
    scenarios.map(({ id }: { id: string }) => id),
    Array.from({ length: 17 }, (_, i) => `S${i + 1}`),
  );
  for (const { name } of [...scenarios, ...algorithms]) t.match(text.stdout, name);
  for (const { id, title } of checks) t.ok(text.stdout.includes(id) && text.stdout.includes(title));
  t.ok(algorithms.some(({ yardstick }: { yardstick: boolean }) => yardstick));
});

interface Metric {
  readonly name: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly values: readonly number[];
}

interface RunResult {
  readonly variant: string;
  readonly candidate: string;
  readonly algorithm: string;
  readonly metrics: readonly Metric[];
  readonly comparison: { readonly verdict: string; readonly pairs: number } | null;
}

t.test("run --json has every value, and the figures have the same values", async (t) => {
  const { folder, tiny } = folderWith(t);
  const out = join(folder, "out");
  const { stdout, stderr, code } = await lab("run", tiny, "--seeds", "5", "--json", "--out", out);
  t.equal(code, 0);
  const run = JSON.parse(stdout);
  t.match(run, { study: "own", name: "tiny", node: process.version, seeds: [1, 2, 3, 4, 5] });
  t.match(run.revision, /^([0-9a-f]{12}(-dirty)?|unknown)$/);
  const results: readonly RunResult[] = run.results;
  t.same(
    results.map(({ candidate }) => candidate),
    ["round-robin", "random(2)", "least-conn", "peak-ewma"],
  );
  t.equal(results[0]?.comparison, null);
  t.equal(results[1]?.comparison?.pairs, 5);
  for (const { metrics } of results)
    for (const { values, mean, low, high } of metrics) {
      t.equal(values.length, 5);
      t.ok(low <= mean && mean <= high);
      const sum = values.reduce((total, value) => total + value, 0);
      t.ok(Math.abs(sum / 5 - mean) <= 1e-9 * Math.abs(mean));
    }
  t.same(
    readdirSync(out).sort(),
    run.files.map((file: string) => file.slice(out.length + 1)).sort(),
  );
  t.match(stderr, /^wrote /);
  const [head, ...rows] = readFileSync(join(out, "own-p99.csv"), "utf8").trimEnd().split("\n");
  t.equal(head, 'variant,algorithm,"p99, ms",low,high,theory');
  t.same(
    rows,
    results.map(({ variant, candidate, metrics: [p99] }) =>
      [variant, candidate, p99?.mean, p99?.low, p99?.high, ""].join(","),
    ),
  );
});

t.test("the same seeds write the same bytes, also from a figure's scenario file", async (t) => {
  const { folder, tiny } = folderWith(t);
  const outs = ["a", "b", "c"].map((name) => join(folder, name));
  const [a = "", b = "", c = ""] = outs;
  await Promise.all([a, b].map((out) => lab("run", tiny, "--seeds", "2", "--out", out)));
  const again = await lab("run", join(a, "own.json"), "--seeds", "2", "--out", c);
  t.equal(again.code, 0, again.stderr);
  const files = readdirSync(a);
  t.ok(files.length >= 7, files.join(" "));
  for (const file of files)
    for (const other of [b, c])
      t.ok(readFileSync(join(a, file)).equals(readFileSync(join(other, file))), `${other}/${file}`);
  const saved = JSON.parse(readFileSync(join(a, "own.json"), "utf8"));
  t.same(saved.variants[0].scenario, TINY);
  t.match(saved, {
    seeds: [1, 2],
    node: process.version,
    candidates: [{ label: "round-robin" }],
  });
});

t.test("any number of threads prints and writes the same bytes", async (t) => {
  const { folder, tiny } = folderWith(t);
  const words = ["run", tiny, "--seeds", "3", "--warm-up", "found", "--precision", "9%"];
  const run = (threads: number) =>
    lab(
      ...[...words, "--most-seeds", "7", "--threads", `${threads}`],
      ...["--out", join(folder, `${threads}`)],
    );
  const one = await run(1);
  const others = await Promise.all([2, 3].map(run));
  t.equal(one.code, 0, one.stderr);
  for (const [i, other] of others.entries()) {
    t.equal(other.stdout, one.stdout);
    for (const file of readdirSync(join(folder, "1")))
      t.ok(
        readFileSync(join(folder, "1", file)).equals(readFileSync(join(folder, `${i + 2}`, file))),
        file,
      );
  }
  const check = await lab("check", "--only", "H1", "H4", "S1", "--threads", "2", "--json");
  t.match(JSON.parse(check.stdout), {
    holds: 3,
    checks: [{ id: "H1" }, { id: "H4" }, { id: "S1" }],
  });
});

t.test("the printed values are those of the written file", async (t) => {
  const { folder, tiny } = folderWith(t);
  const { stdout } = await lab("run", tiny, "--seeds", "1", "--out", folder);
  const [, ...rows] = readFileSync(join(folder, "own-p99.csv"), "utf8").trimEnd().split("\n");
  for (const row of rows) {
    const [, algorithm = "", value] = row.split(",");
    const printed = new RegExp(`^ {2}${RegExp.escape(algorithm)} +([\\d.]+) ms`, "m").exec(stdout);
    t.equal(Number(value).toPrecision(3), Number(printed?.[1]).toPrecision(3), row);
  }
  t.match(stdout, "with one run the influence of chance is unknown");
});

t.test("compare: a clear difference, no difference, and how each is reported", async (t) => {
  const { tiny } = folderWith(t);
  const [clear, none] = await Promise.all([
    lab("compare", tiny, "random(1)", "jsq", "--json"),
    lab("compare", tiny, "least-conn", "least-conn"),
  ]);
  const { a, b, comparisons, seeds } = JSON.parse(clear.stdout);
  t.same([a, b, seeds.length], ["random(1)", "jsq", 10]);
  t.match(comparisons[0], {
    metric: "p99",
    unit: "ms",
    comparison: { verdict: "lower", pairs: 10 },
  });
  t.ok(comparisons[0].comparison.high < 0);
  t.ok(comparisons[0].comparison.relativeHigh < 0 && comparisons[0].seedsNeeded > 1);
  t.equal(
    none.stdout.match(/equal in every pair$/gm)?.length,
    4,
    "one line for each of four metrics",
  );
  t.match(
    none.stdout,
    /^10 pairs: both met the same requests; each interval is for its line alone$/m,
  );
});

t.test("check: prints verdicts, figures and their source", async (t) => {
  const [text, json] = await Promise.all([
    lab("check", "--only", "h1", "H4"),
    lab("check", "--only", "H1", "--json"),
  ]);
  t.equal(text.code, 0);
  t.match(text.stdout, /^H1 +holds {2}Maglev's table .* s$/m);
  t.match(text.stdout, /^ +quantity +expected +found +interval/m);
  t.match(text.stdout, /^ +ok {2}all three +B1 B0 B1 B0 B2 B2 B0 +B1 B0 B1 B0 B2 B2 B0$/m);
  t.match(text.stdout, /^all 2 checks hold {2}\d+ figures/m);
  const report = JSON.parse(json.stdout);
  t.match(report, {
    holds: 1,
    fails: 0,
    checks: [{ id: "H1", verdict: "holds", source: /Maglev/ }],
  });
  for (const { what, holds } of report.checks[0].findings) t.ok(what.length > 0 && holds === true);
});

t.test("check: names the checks that do not hold, and exits 1", async (t) => {
  const script = new URL("../src/cli/check.ts", import.meta.url).href;
  const folder = t.testdir({
    "checks.ts": `import { checkCommand } from ${JSON.stringify(script)};
      const run = () => [
        { what: "pi", expected: 3.14159, found: 3.2, interval: [3.19, 3.21], slack: 0.001,
          method: "1000 digits", holds: false },
        { what: "e", expected: "2 to 3", found: 3.3, bounds: [2, 3], holds: false },
        { what: "i", expected: "few", found: 0.1, bounds: [0, 0.2], holds: true },
        { what: "order", expected: "a < b", found: "a 1, b 2", holds: true },
      ];
      const checks = [
        { id: "X1", title: "circles", source: "Archimedes", run },
        { id: "X2", title: "nothing found", source: "-", run: () => [] },
        { id: "X3", title: "long", source: "-", slow: true, run },
      ];
      await checkCommand(checks).parseAsync(process.argv.slice(2), { from: "user" });`,
  });
  const run = (...words: string[]) =>
    startLab(words, { script: join(folder, "checks.ts") }).outcome;
  const [text, json] = await Promise.all([run(), run("--json")]);
  t.equal(text.code, 1);
  t.match(text.stdout, /^X1 +does not hold {2}circles/m);
  t.match(text.stdout, /^ +NO {2}pi +3\.14 +3\.20 +3\.19 to 3\.21 ± 0\.001 +1000 digits$/m);
  t.match(text.stdout, /^ +NO {2}e +2 to 3 +3\.30$/m);
  t.match(text.stdout, /^ +ok {2}i +few +0\.100 +within 0 to 0\.200$/m);
  t.match(text.stdout, /^ +ok {2}order +a < b +a 1, b 2$/m);
  t.match(text.stdout, "2 of 2 checks do not hold: X1, X2");
  t.match(text.stdout, "not run, because slow: X3; --full runs them");
  t.equal(json.code, 1);
  t.match(JSON.parse(json.stdout), { holds: 0, fails: 2, notRun: ["X3"] });
});

t.test("numbers have three significant digits", async (t) => {
  const cases = {
    "0": 0,
    "0.0123": 0.012_345,
    "1.00": 0.999_6,
    "12.3": 12.345,
    "1,000": 999.7,
    "-": Number.NaN,
  };
  for (const [text, value] of Object.entries(cases)) t.equal(plain(value), text);
  t.equal(withUnit(99.9731, "%"), "99.973 %");
  t.equal(withUnit(95.5, "%"), "95.50 %");
  t.equal(withUnit(7, ""), "7.00");
});

t.test("report: one file that loads no other", async (t) => {
  const { folder, tiny } = folderWith(t);
  const file = join(folder, "report.html");
  const { code, stderr } = await lab("report", tiny, "S14", "--seeds", "1", "--out", file);
  t.equal(code, 0, stderr);
  const html = readFileSync(file, "utf8");
  t.notMatch(
    html,
    /<script|<link|<img|https?:\/\/(?!www\.w3\.org)|url\(/,
    "the report refers to no other file",
  );
  t.match(html, '<meta name="viewport"');
  t.match(html, "prefers-color-scheme:dark");
  t.match(html, "How many keys move, and how many of them without need?");
  const [wide, narrow] = ["wide", "narrow"].map(
    (name) => html.split(`class="figure ${name}"`).length,
  );
  t.equal(wide, narrow, "each figure is there for screens and for phones");
  t.ok((wide ?? 0) > 5);
  t.same(readdirSync(folder).sort(), ["report.html", "tiny.json"]);
});
