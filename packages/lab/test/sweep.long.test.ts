// Runs `tandem lab sweep` and `limit` as a person would, where that takes long: what is left of a stop, a journal that is not
// its own or damaged, a full disk, and the load of a queue that theory knows.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { lab, startLab, TINY } from "./support/command.ts";

t.setTimeout(240_000); // when this file is run alone, tap allows it 30 s

const { faults: _, ...STEADY } = TINY;
/** One server, so that theory knows the answers. */
const QUEUE = {
  ...STEADY,
  name: "queue",
  servers: [{ count: 1 }],
  durationMs: 16_000,
  warmupMs: 1_000,
};

function given(t: Test, scenario: object = STEADY): { folder: string; file: string } {
  const folder = t.testdir({ "mine.json": JSON.stringify(scenario) });
  return { folder, file: join(folder, "mine.json") };
}

const SWEEP = ["--sweep", "load=.3:.7:.2", "--sweep", "servers.1.speed=.5,1", "--warm-up", "500ms"];

t.test("an interrupt keeps what is done", async (t) => {
  const { folder, file } = given(t, { ...STEADY, durationMs: 200_000 });
  const out = join(folder, "out");
  const words = ["sweep", file, ...SWEEP, "--seeds", "200", "--out", out];
  const { child, outcome } = startLab(words, { bare: true });
  const lines = () => {
    const journal = join(out, "runs.jsonl");
    return existsSync(journal) ? readFileSync(journal, "utf8").split("\n").length : 0;
  };
  while (lines() < 4 && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  t.equal((await outcome).signal, "SIGINT");
  t.same(readdirSync(out), ["runs.jsonl"]);
});

t.test("a journal of something else, a damaged one, and a full disk", async (t) => {
  const { folder, file } = given(t);
  const out = join(folder, "out");
  const words = ["sweep", file, "--sweep", "load=.5", "--warm-up", "1s", "--seeds", "2"];
  t.equal((await lab(...words, "--out", out)).code, 0);
  const journal = join(out, "runs.jsonl");

  writeFileSync(join(folder, "other.json"), JSON.stringify({ ...STEADY, durationMs: 5_000 }));
  const other = await lab("sweep", join(folder, "other.json"), ...words.slice(2), "--out", out);
  t.match(other, { code: 2, stdout: "" });
  t.match(other.stderr, /runs\.jsonl has runs of another scenario: 'tiny' \(\w+\), and now it is/);

  appendFileSync(journal, "what is this\n");
  const damaged = await lab(...words, "--out", out);
  t.match(damaged, { code: 2, stdout: "", stderr: /runs\.jsonl:10: not a line of a journal/ });

  const script = fileURLToPath(new URL("../bin/tandem-lab.ts", import.meta.url));
  const full = spawnSync(
    "sh",
    [
      "-c",
      'ulimit -f 2; exec "$@"',
      "-",
      process.execPath,
      script,
      ...words,
      "--seeds",
      "40",
    ].concat(["--out", join(folder, "full")]),
    { encoding: "utf8", env: { PATH: process.env.PATH } },
  );
  t.match(full, {
    status: 1,
    stderr: /cannot write .*runs\.jsonl: EFBIG.*what was written stays/,
  });
});

t.test("limit: the load of a queue that theory knows", async (t) => {
  const { folder, file } = given(t, QUEUE);
  // The mean time of M/M/1 is 10 ms / (1 - load): 40 ms at a load of 0.75.
  const words = ["limit", file, "--mean", "40ms", "--algorithms", "round-robin", "--seeds", "10"];
  const run = (name: string, threads: string) =>
    lab(...words, "--out", join(folder, name), "--threads", threads, "--json");
  const [one, two] = await Promise.all([run("one", "1"), run("two", "2")]);
  t.equal(one.code, 0, one.stderr);
  t.equal(two.stdout, one.stdout);
  const [{ load, rate, loads }] = JSON.parse(one.stdout).results;
  t.ok(load.low <= 0.75 && 0.75 <= load.high, `${load.low} to ${load.high}`);
  t.ok(load.high - load.low < 0.15);
  t.ok(Math.abs(rate.mean - load.mean * 100) < 1e-6, "a server does 100 requests a second");
  t.equal(loads.length, 10);
  const again = await run("one", "2");
  t.match(again.stderr, /^\d+ runs are done already/);
  t.equal(again.stdout, one.stdout);
});
