// Runs `tandem lab coverage` on a case that takes a second, in this process.
import type { Command } from "commander";
import t, { type Test } from "tap";
import type { CoverageCase } from "../coverage/coverage-case.ts";
import { twoQueues } from "../coverage/two-queues.ts";
import { coverageCommand } from "./coverage.ts";

const quick: CoverageCase = {
  ...twoQueues,
  name: "quick",
  quantities: twoQueues.quantities.slice(0, 1),
  scenario: { ...twoQueues.scenario, durationMs: 160 },
};

/** Runs the command and returns what it printed and its exit code. */
async function run(t: Test, test: CoverageCase, ...words: readonly string[]) {
  let printed = "";
  t.intercept(process.stdout, "write", {
    value: (text: string) => {
      printed += text;
      return true;
    },
  });
  const before = process.exitCode;
  process.exitCode = 0;
  await coverageCommand([test]).exitOverride().parseAsync(words, { from: "user" });
  const code = process.exitCode;
  process.exitCode = before;
  return { printed, code };
}

t.test("wrong numbers are refused before anything runs", async (t) => {
  const faults: readonly (readonly [readonly string[], RegExp])[] = [
    [["--trials", "99"], /whole number from 100 to/],
    [["--seeds", "1"], /whole number from 2 to 100/],
    [["--seeds", "5", "ten"], /whole number from 2 to 100/],
  ];
  for (const [words, message] of faults) {
    const command: Command = coverageCommand([quick]).exitOverride();
    command.configureOutput({ writeErr: () => undefined });
    await t.rejects(command.parseAsync(words, { from: "user" }), message);
  }
});

t.test("an interval that does not hold the truth is marked, and exits 1", async (t) => {
  const wrong: CoverageCase = {
    ...quick,
    quantities: quick.quantities.map(({ metric }) => ({ metric, exact: { a: 9, b: 9 } })),
  };
  const { printed, code } = await run(t, wrong, "--trials", "100", "--seeds", "3");
  t.match(printed, /^ {2}mean, one algorithm +9\.00 +0\.0 %\*$/m);
  t.match(printed, /^3 of 3 intervals of 95 % hold the truth too seldom \(marked \*\)/m);
  t.equal(code, 1);
});

t.test("the table as text and as JSON", async (t) => {
  const text = await run(t, quick, "--trials", "100", "--seeds", "5", "10");
  t.match(text.printed, /^quick {2}round-robin against random\(1\)$/m);
  t.match(text.printed, "truth: formula (Kleinrock");
  t.match(text.printed, /5 seeds +10 seeds$/m);
  t.match(text.printed, /^ {2}mean, relative difference +-19\.1 % +\d+\.\d %/m);
  const { printed } = await run(t, quick, "--trials", "100", "--seeds", "5", "--json");
  const { trials, cases } = JSON.parse(printed);
  t.equal(trials, 100);
  t.match(cases[0], { name: "quick", truth: "formula", a: "random(1)", b: "round-robin" });
  t.equal(cases[0].coverage.length, 3);
  for (const { held, seeds } of cases[0].coverage) t.ok(held > 0.85 && seeds === 5);
});
