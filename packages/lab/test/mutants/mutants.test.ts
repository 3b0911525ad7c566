// Tests the table of mutants and the program that tries them. The table itself is tried by `npm run mutants`, which takes
// too long for here.
import { execFile } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { CHECKS } from "../../src/checks/checks.ts";
import { Journal } from "./journal.ts";
import { runSuite } from "./kill.ts";
import { inFile, type Mutant, mutated } from "./mutant.ts";
import { isGood, lineOf, reportOf, summaryOf } from "./report.ts";
import { checkSuite, suitesOf } from "./suites.ts";
import { MUTANTS } from "./table.ts";
import { tryMutants } from "./try-mutants.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const usual = () => 5;

const JUMP: Mutant = {
  id: "jump",
  file: "packages/algorithms/src/hash/jump.ts",
  find: "lo = (Math.imul(lo, LOW) + 1) | 0;",
  replace: "lo = (Math.imul(lo, LOW) + 3) | 0;",
  breaks: "other buckets than published",
  by: "H4",
};

t.test(
  "the table: each text occurs once, each check exists, the names are different",
  async (t) => {
    t.ok(MUTANTS.length >= 60);
    t.equal(new Set(MUTANTS.map(({ id }) => id)).size, MUTANTS.length);
    for (const mutant of MUTANTS) {
      const source = readFileSync(join(root, mutant.file), "utf8");
      t.doesNotThrow(() => mutated(source, mutant), mutant.id);
      t.not(mutant.find, mutant.replace, mutant.id);
      const known = mutant.by === undefined || CHECKS.some(({ id }) => id === mutant.by);
      t.ok(known, `${mutant.id}: there is a check ${mutant.by}`);
    }
  },
);

t.test("faults that once lived have to be noticed by a check that is named", async (t) => {
  for (const id of [
    "two-raw-load",
    "ring-ignores-weights",
    "balancers-in-step",
    "mmpp-twice-as-long",
    "interval-68",
    "maglev-skip-from-offset",
    "two-with-replacement",
    "idle-two-draws",
  ]) {
    const mutant = MUTANTS.find((one) => one.id === id);
    t.ok(mutant?.by !== undefined && mutant.survives === undefined, id);
  }
});

t.test("a text that occurs never or twice is an error that names the row", async (t) => {
  const [twice] = inFile("a.ts", [{ id: "x", find: "b", replace: "c", breaks: "all" }]);
  if (twice === undefined) return;
  t.throws(() => mutated("a b a b", twice), /mutant x: its text occurs 2 times in a\.ts/);
  t.throws(() => mutated("a", twice), /occurs 0 times in a\.ts, expected once/);
  t.equal(mutated("a b", twice), "a c");
});

t.test(
  "planted: the check fails; the same text in its place, and no mutant: it holds",
  async (t) => {
    const same = { ...JUMP, replace: JUMP.find };
    const suite = checkSuite("H1", "H4");
    const found = await runSuite(suite, JUMP, { root, usual });
    t.equal(found.noticed, "H4");
    t.equal(found.done.length, 1, "H1 held");
    for (const mutant of [same, undefined]) {
      const held = await runSuite(suite, mutant, { root, usual });
      t.equal(held.noticed, undefined, held.output);
      t.equal(held.done.length, 2);
    }
  },
);

t.test("a mutant without an end is noticed by waiting", async (t) => {
  const endless = { ...JUMP, replace: "lo = 0; next = 0; bucket = -1; if (bucket < 0) continue;" };
  // Less than nothing is usual here, so that the patience is over after a second or two.
  const run = await runSuite(checkSuite("H4"), endless, { root, usual: () => -5.6 });
  t.equal(run.noticed, "H4");
  t.ok(run.timedOut);
});

t.test("a named check comes first, then the tests beside the file, then all others", async (t) => {
  const [first, second, ...rest] = suitesOf(JUMP, root);
  t.same(first?.parts, ["H4"]);
  t.equal(second?.script, "packages/algorithms/src/hash/hash.test.ts");
  t.equal(rest.at(-1)?.parts.length, CHECKS.length - 1);
});

t.test("a journal knows a result only for the same mutant, and survives a torn line", async (t) => {
  const file = join(t.testdir(), "cache", "journal.jsonl");
  const fate = { id: "jump", fate: "killed", suite: "H4", seconds: 1 } as const;
  const journal = new Journal(root, file);
  journal.noteUsual({ H4: 1 });
  journal.note(JUMP, fate);
  appendFileSync(file, '{"kind":"fate","dig');
  const again = new Journal(root, file);
  t.same(again.fateOf(JUMP), fate);
  t.same(again.usual, { H4: 1 });
  t.equal(again.fateOf({ ...JUMP, replace: "lo = 1;" }), undefined);
  again.forget();
  t.equal(again.fateOf(JUMP), undefined);
  t.notOk(existsSync(file));
});

t.test("a run goes on where the last one stopped, and stops at a signal", async (t) => {
  const journal = new Journal(root, join(t.testdir(), "journal.jsonl"));
  journal.noteUsual({ H4: 1 });
  const lines: string[] = [];
  const progress = {
    begins: (what: string) => lines.push(what),
    ended: (_: Mutant, fate: { fate: string }, known: boolean) =>
      lines.push(`${fate.fate}${known ? " before" : ""}`),
  };
  const attempt = { root, journal, progress, signal: new AbortController().signal };
  await tryMutants([JUMP], attempt);
  await tryMutants([JUMP], attempt);
  t.same(lines, ["jump", "killed", "killed before"]);
  const stopped = { ...attempt, signal: AbortSignal.abort() };
  await t.rejects(tryMutants([{ ...JUMP, id: "other" }], stopped), { name: "AbortError" });
});

t.test("the report: who lives, who may, and who is noticed by the wrong check", async (t) => {
  const mutants = ["a", "b", "c", "d"].map((id) => ({ ...JUMP, id }));
  const [a, b, c, d] = mutants;
  if (!a || !b || !c || !d) return;
  const rows = [a, { ...b, survives: "it is the same" }, c, { ...d, survives: "wrong" }];
  const fates = [
    { id: "a", fate: "survived", seconds: 1 },
    { id: "b", fate: "survived", seconds: 1 },
    { id: "c", fate: "not by its check", suite: "H1", seconds: 1 },
    { id: "d", fate: "killed", suite: "H4", timedOut: true, seconds: 1 },
  ] as const;
  const report = reportOf(rows, fates);
  t.match(report, {
    mutants: 4,
    killed: 1,
    survivors: ["a"],
    explained: ["b"],
    elsewhere: ["c"],
    wronglyExplained: ["d"],
  });
  t.notOk(isGood(report));
  const text = summaryOf(report, rows);
  t.match(text, /^1 of 4 mutants are killed$/m);
  t.match(text, /LIVE:\n {2}a in .*jump\.ts: other buckets/);
  t.match(text, /for a reason:\n {2}b in .*: it is the same/);
  t.match(lineOf(c, fates[2]), /^killed by H1, NOT by H4 {2}c: /);
  t.match(lineOf(d, fates[3]), /^killed by H4 \(no end\) {2}d: /);
  t.ok(isGood(reportOf([b], [{ id: "b", fate: "killed", suite: "H4", seconds: 1 }])));
});

t.test("the command: lists, and refuses what it does not know", async (t) => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const run = (...words: string[]) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [main, ...words], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
      );
    });
  const [list, unknown, option, stray] = await Promise.all([
    run("--list", "--only", "hash/ring"),
    run("--only", "no-such-mutant"),
    run("--fast"),
    run("ring"),
  ]);
  t.equal(list.code, 0);
  t.match(list.stdout, /^ring-ignores-weights {2}packages\/algorithms\/src\/hash\/ring\.ts/m);
  t.equal(unknown.code, 2);
  t.match(unknown.stderr, "no mutant has 'no-such-mutant' in its name or file");
  t.equal(option.code, 2);
  t.match(option.stderr, "Usage: npm run mutants");
  t.equal(stray.code, 2);
  t.match(stray.stderr, "'ring' belongs to no option");
});
