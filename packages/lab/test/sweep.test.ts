// Runs `tandem lab sweep` and `limit` as a person would: first what is refused, then what is written and printed.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parquetReadObjects } from "hyparquet";
import t, { type Test } from "tap";
import { findSimulated } from "../src/cli/find-study.ts";
import { labProgram } from "../src/cli/program.ts";
import { candidatesOf } from "../src/cli/sweep/sweep.ts";
import { UsageError } from "../src/cli/terminal.ts";
import { AxisError, readAxis } from "../src/sweep/axis.ts";
import { gridOf } from "../src/sweep/grid.ts";
import { lab, TINY } from "./support/command.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

const { faults: _, ...STEADY } = TINY;
function given(t: Test, scenario: object = STEADY): { folder: string; file: string } {
  const folder = t.testdir({ "mine.json": JSON.stringify(scenario) });
  return { folder, file: join(folder, "mine.json") };
}

/** Makes the points of one text as the command does, and returns why it is refused. */
function refusal(text: string): string {
  const study = findSimulated("linkerd");
  try {
    const axes = [readAxis(text)];
    const candidates = candidatesOf(study, axes, undefined);
    gridOf({ ...TINY, faults: [] }, candidates, axes, {});
  } catch (error) {
    if (error instanceof AxisError || error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`'${text}' was accepted`);
}

t.test("broken texts of a sweep are refused, in words for their author", async (t) => {
  const file = (ending: string) =>
    fileURLToPath(new URL(`broken/sweeps.${ending}`, import.meta.url));
  const texts = readFileSync(file("list"), "utf8").trimEnd().split("\n");
  const found = `${texts.map((text) => `${text}\n    ${refusal(text).replaceAll("\n", "\n    ")}`).join("\n\n")}\n`;
  // After a deliberate change: UPDATE=1 node packages/lab/test/sweep.test.ts, then read the difference.
  if (process.env.UPDATE === "1") writeFileSync(file("txt"), found);
  t.equal(found, readFileSync(file("txt"), "utf8"));
  t.notMatch(found, /Invalid|undefined|NaN|\[object|^ {4}at /m, "no programmer's words");
});

t.test("a wrong command line exits 2 without a stack", async (t) => {
  const { file } = given(t);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["sweep", file, "--sweep", "laod=.1,.2"], /^--sweep: at laod 0\.1: .* did you mean 'load'/],
    [["sweep", file, "--sweep", "load=.1,.2", "--sweep", "rate=9"], /load and rate: both say/],
    [["sweep", "S3", "--sweep", "load=.5"], /S3 has 4 variants, expected one: --variants WORD/],
    [["sweep", "S3", "--sweep", "load=.5", "--variants", "0.6"], /2 variants of S3 contain that/],
    [["limit", file], /found no limit, expected one of --mean, --p50, --p99, --p999/],
    [["limit", file, "--p99", "9ms", "--mean", "2ms"], /found --mean and --p99, expected one/],
    [["limit", file, "--p99", "9ms", "--from", "2"], /--from 2: expected less than --to 1/],
    [["limit", "S17", "--p99", "9ms", "--variants", "×1"], /no rate that can be scaled/],
  ];
  for (const [words, message] of cases)
    await t.rejects(labProgram().parseAsync(["node", "lab", ...words]), { message, exitCode: 2 });
  const typed = await lab("limit", file, "--p99", "5");
  t.match(typed, { code: 2, stdout: "", stderr: /Expected a time above 0, such as 200ms/ });
  t.notMatch(typed.stderr, /^ {4}at /m);
});

const SWEEP = ["--sweep", "load=.3:.7:.2", "--sweep", "servers.1.speed=.5,1", "--warm-up", "500ms"];

/** The bytes of every file of a sweep but the journal, whose lines are in the order in which runs ended. */
const filesIn = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== "runs.jsonl")
      .map((name) => [name, readFileSync(join(folder, name)).toString("base64")]),
  );

t.test("the same bytes on any number of threads, and after a stop", async (t) => {
  const { folder, file } = given(t);
  const out = (name: string) => join(folder, name);
  const run = (name: string, seeds: number, ...more: string[]) =>
    lab("sweep", file, ...SWEEP, "--seeds", `${seeds}`, "--out", out(name), ...more);
  const one = await run("one", 3, "--threads", "1");
  t.equal(one.code, 0, one.stderr);
  const expected = filesIn(out("one"));
  t.ok(Object.keys(expected).length > 8, Object.keys(expected).join(" "));
  const two = await run("two", 3, "--threads", "2");
  t.equal(two.stdout, one.stdout);
  t.same(filesIn(out("two")), expected);

  await run("later", 2);
  // As an interrupt may leave it: the last line is cut off.
  const journal = join(out("later"), "runs.jsonl");
  const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
  t.equal(lines.length, 1 + 3 * 2 * 4 * 2);
  writeFileSync(journal, `${lines.slice(0, 20).join("\n")}\n${lines[20]?.slice(0, 9)}`);
  const later = await run("later", 3);
  t.match(later.stderr, /^19 runs are done already, and are not run again$/m);
  t.equal(later.stdout, one.stdout);
  t.same(filesIn(out("later")), expected);
});

t.test(
  "CSV, Parquet, JSON and the printed table say the same; the saved scenario runs again",
  async (t) => {
    const { folder, file } = given(t);
    const out = join(folder, "out");
    const words = ["sweep", file, "--sweep", "random:draws=1:3:1", "load=.4,1.2"];
    const { code, stdout, stderr } = await lab(...words, "--seeds", "2", "--out", out, "--json");
    t.equal(code, 0, stderr);
    const { results, axes } = JSON.parse(stdout);
    t.same(axes, [
      { name: "random:draws", values: [1, 2, 3] },
      { name: "load", values: [0.4, 1.2] },
    ]);
    const bytes = readFileSync(join(out, "own-sweep.parquet"));
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(
        bytes.byteOffset,
        bytes.byteOffset + bytes.byteLength,
      ) as ArrayBuffer,
    });
    t.same(rows, results);
    const [head = "", ...lines] = readFileSync(join(out, "own-sweep.csv"), "utf8")
      .trimEnd()
      .split("\n");
    t.equal(lines.length, results.length);
    const columns = head.split(",");
    for (const [i, line] of lines.entries())
      t.same(
        line.split(","),
        columns.map((name) => `${results[i][name] ?? ""}`),
      );
    const unstable = results.filter((row: { unstable: number | null }) => row.unstable !== null);
    t.equal(unstable.length, results.length / 2, "the load above 1");
    t.match(unstable[0], { algorithm: "random:draws=1", metric: "p99", mean: null });
    const again = await lab("run", join(out, "own-sweep.json"), "--seeds", "2", "--json");
    t.equal(again.code, 0, again.stderr);
    for (const run of JSON.parse(again.stdout).results)
      t.equal(
        run.metrics[1].mean,
        results.find(
          (row: { algorithm: string; metric: string; load: number }) =>
            row.algorithm === run.candidate &&
            row.metric === "mean" &&
            run.variant.endsWith(`load ${row.load}`),
        ).mean,
      );
  },
);

t.test("limit: near load 1 it says that a run cannot tell, instead of a load", async (t) => {
  const { file } = given(t);
  const words = ["limit", file, "--seeds", "2", "--algorithms", "least-conn", "--from", ".9"];
  const { stdout } = await lab(...words, "--mean", "1000s", "--warm-up", "500ms");
  t.match(stdout, /^ {2}least-conn +kept up to 0\.9\d+$/m);
  t.match(stdout, /above 0\.9\d+ no run of ordinary length shows how long the queues get/);
});

t.test("limit: never, always, and two algorithms side by side", async (t) => {
  const { file } = given(t);
  const words = ["limit", file, "--seeds", "5", "--tolerance", "10%", "--warm-up", "500ms"];
  const [never, always, both] = await Promise.all([
    lab(...words, "--mean", "1ms"),
    lab(...words, "--mean", "100s", "--to", ".9"),
    lab(...words, "--p99", "120ms", "--algorithms", "round-robin", "least-conn"),
  ]);
  t.match(never.stdout, /^ {2}least-conn +not kept, even at 0\.01$/m);
  t.match(always.stdout, /^ {2}least-conn +kept up to 0\.9$/m);
  t.match(
    both.stdout,
    /^ {2}least-conn +0\.\d+ +0\.\d+ to 0\.\d+ +\d+ .* higher by .* \(better\)/m,
  );
});
