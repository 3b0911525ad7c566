// `tandem lab coverage`: measures how often the intervals of `run` and `compare` hold the truth, where it is known.
import { palette } from "@tandem/telemetry/colors";
import { Command } from "commander";
import { COVERAGE_CASES } from "../coverage/cases.ts";
import type { CoverageCase } from "../coverage/coverage-case.ts";
import { type Coverage, measureCoverage } from "../coverage/measure.ts";
import { plain } from "../figures/numbers.ts";
import { seedCounts, wholeNumber } from "./options.ts";
import { provenance } from "./provenance.ts";
import { EXIT, examples, print, printJson, progress, table } from "./terminal.ts";

/** An interval of 95 % that holds is between these. A thousand trials tell 93 % from 95 % almost always. */
const LOWEST = 0.93;
const HIGHEST = 0.97;

interface CoverageOptions {
  readonly trials: number;
  readonly seeds: readonly number[];
  readonly json?: boolean;
}

/** Makes the command. `cases` are the laboratory's cases; a test may pass other cases. */
export function coverageCommand(cases: readonly CoverageCase[] = COVERAGE_CASES): Command {
  return new Command("coverage")
    .description("measure how often the 95 % intervals hold the truth")
    .addHelpText(
      "before",
      examples(
        ["coverage", "takes some minutes"],
        ["coverage --seeds 5 10", "without 20 seeds it takes half of that"],
      ),
    )
    .option("--trials <n>", "comparisons of each kind", wholeNumber(100, 100_000), 1_000)
    .option("--seeds <counts...>", "seeds of a comparison (default: 5 10 20)", seedCounts)
    .option("--json", "report as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 all intervals hold the truth in 93 to 97 of 100 trials, 1 one does not, 2 the input is at fault.",
    )
    .action(({ seeds = [5, 10, 20], ...options }: Partial<CoverageOptions> & { trials: number }) =>
      coverage(cases, { ...options, seeds }),
    );
}

interface Measured {
  readonly test: CoverageCase;
  readonly rows: readonly Coverage[];
}

function coverage(cases: readonly CoverageCase[], options: CoverageOptions): void {
  const { trials, seeds, json } = options;
  const measured = cases.map((test, i): Measured => {
    const rows = measureCoverage(test, {
      trials,
      seedCounts: seeds,
      progress: (done, total) => {
        if (done % 100 === 0)
          progress(`${i + 1}/${cases.length}  ${test.name}  ${plain((100 * done) / total)} %`);
      },
    });
    progress(undefined);
    if (!json) print(describe({ test, rows }, seeds));
    return { test, rows };
  });
  const all = measured.flatMap(({ rows }) => rows);
  const outside = all.filter((row) => !holds(row));
  if (json)
    printJson({ ...provenance(), trials, outside: outside.length, cases: measured.map(asJson) });
  else print(summary(all.length, outside.length, trials));
  if (outside.length > 0) process.exitCode = EXIT.failure;
}

const holds = ({ held }: Coverage) => held >= LOWEST && held <= HIGHEST;

const asJson = ({ test, rows }: Measured) => ({
  name: test.name,
  what: test.what,
  truth: test.truth,
  source: test.source ?? null,
  a: test.a.label,
  b: test.b.label,
  coverage: rows,
});

function describe({ test, rows }: Measured, seeds: readonly number[]): string {
  const { bold, dim } = palette();
  const { name, what, a, b, truth, source } = test;
  const quantities = [...Map.groupBy(rows, (row) => `  ${row.metric}, ${WORDS[row.interval]}`)];
  const [head = "", ...body] = table(
    [
      ["", "truth", ...seeds.map((count) => `${count} seeds`)],
      ...quantities.map(([quantity, own]) => [
        quantity,
        own[0]?.interval === "relative"
          ? `${plain(100 * own[0].truth)} %`
          : plain(own[0]?.truth ?? 0),
        ...own.map((row) => `${(100 * row.held).toFixed(1)} %${holds(row) ? " " : "*"}`),
      ]),
    ],
    new Set(seeds.map((_, i) => i + 2)).add(1),
  );
  const against = b === a ? `${a.label} with two sets of seeds` : `${b.label} against ${a.label}`;
  const from = truth === "formula" ? `formula (${source})` : "mean of all runs of this case";
  const title = `${bold(name)}  ${against}`;
  return [title, what, dim(`truth: ${from}`), dim(head), ...body, ""].join("\n");
}

const WORDS = {
  mean: "one algorithm",
  difference: "difference",
  relative: "relative difference",
} as const;

function summary(count: number, outside: number, trials: number): string {
  const error = 100 * Math.sqrt((0.95 * 0.05) / trials);
  const limits = `${100 * LOWEST} to ${100 * HIGHEST} %`;
  const { bold, green, red } = palette();
  return bold(
    outside === 0
      ? green(`all ${count} intervals of 95 % hold the truth in ${limits} of the trials`)
      : red(`${outside} of ${count} intervals of 95 % are outside ${limits} (marked *)`),
  ).concat(`  ${trials} trials each, standard error ${error.toFixed(1)} points`);
}
