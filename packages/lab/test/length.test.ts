// Runs `tandem lab run` and `compare` with --precision and --warm-up, as a person would.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { lab, TINY } from "./support/command.ts";

const { faults: _, warmupMs: __, ...STEADY } = TINY;

t.test("a precision or warm-up that cannot be meant is refused", async (t) => {
  const file = join(t.testdir({ "tiny.json": JSON.stringify(TINY) }), "tiny.json");
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["--precision", "2"],
      /--precision <percentage>' argument '2' is invalid. Expected a percentage/,
    ],
    [["--warm-up", "soon"], /Expected found, or a time such as 500ms or 5s/],
    [["--warm-up", "4s"], /--warm-up 4000ms: 'as given' lasts 4000 ms; expected less than that/],
    [["--most-seeds", "1"], /whole number from 2 to/],
  ];
  for (const [words, message] of cases) {
    const { code, stderr, stdout } = await lab("run", file, ...words);
    t.match(stderr, message);
    t.equal(stdout, "");
    t.equal(code, 2);
  }
});

t.test("what was found and reached is said, and the saved scenario runs again alike", async (t) => {
  const folder = t.testdir({ "steady.json": JSON.stringify(STEADY) });
  const out = join(folder, "out");
  const words = [
    "--algorithms",
    "round-robin",
    "least-conn",
    "--precision",
    "10%",
    "--most-seeds",
    "12",
  ];
  const { stdout, stderr, code } = await lab(
    "run",
    join(folder, "steady.json"),
    ...words,
    "--out",
    out,
  );
  t.equal(code, 0, stderr);
  t.match(stdout, /^as given: [\d.,]+ ms of 4,000 ms cut as warm-up, found by MSER-5$/m);
  t.match(
    stdout,
    /^as given, round-robin: p99 is known to within ±.* %, not ±10 %, with 12 seeds \(at most 12\)/m,
  );
  t.match(stdout, /^means over seeds 1 to 12 /m);
  const saved = JSON.parse(readFileSync(join(out, "own.json"), "utf8"));
  const { warmupMs } = saved.variants[0].scenario;
  t.ok(warmupMs >= 0 && warmupMs < 2_000, `${warmupMs}`);
  const other = join(folder, "other");
  const again = await lab("run", join(out, "own.json"), "--seeds", "12", "--out", other);
  t.equal(again.code, 0, again.stderr);
  for (const file of ["own-p99.csv", "own-p99.svg"])
    t.equal(readFileSync(join(other, file), "utf8"), readFileSync(join(out, file), "utf8"), file);
});

t.test("compare: the difference to a precision, and the seeds that it takes", async (t) => {
  const folder = t.testdir({ "tiny.json": JSON.stringify(TINY) });
  const { stdout } = await lab(
    ...["compare", join(folder, "tiny.json"), "random(1)", "jsq", "--precision", "20%"],
  );
  t.match(stdout, "seeds for ±20 %");
  t.match(stdout, /^the difference in p99 is known to within ±20 %, with \d+ seeds$/m);
});
