// `tandem lab coverage`: measures how often the intervals of `run` and `compare` hold the truth, where it is known.
import { palette } from "@tandem/telemetry/colors";
import { Command } from "commander";
import { COVERAGE_CASES } from "../coverage/cases.ts";
import type { CoverageCase } from "../coverage/coverage-case.ts";
import { type Coverage, measureCoverage, type SeedRange } from "../coverage/measure.ts";
import { plain } from "../figures/numbers.ts";
import { expectedRequests } from "../schema/work.ts";
import { seedCounts, wholeNumber } from "./options.ts";
import { provenance } from "./provenance.ts";
import { EXIT, examples, print, printJson, progress, table } from "./terminal.ts";
import { Threads, withThreads } from "./threads.ts";
import { timeLeft } from "./time-left.ts";

/**
 * An interval of 95 % that holds is between these. A thousand trials tell 93 % from 95 % almost always. Below, it promises
 * too much, which is a fault. Above, it is wider than it had to be.
 */
const LOWEST = 0.93;
const HIGHEST = 0.97;

interface CoverageOptions {
  readonly trials: number;
  readonly seeds: readonly number[];
  readonly threads?: number;
  readonly json?: boolean;
}

/** Makes the command. `cases` are the laboratory's cases; a test may pass other cases. */
export function coverageCommand(cases: readonly CoverageCase[] = COVERAGE_CASES): Command {
  return withThreads(new Command("coverage"))
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
      "\nExit code: 0 all intervals hold the truth in at least 93 of 100 trials, 1 one does not, 2 the input is at fault.",
    )
    .action(({ seeds = [5, 10, 20], ...options }: Partial<CoverageOptions> & { trials: number }) =>
      coverage(cases, { ...options, seeds }),
    );
}

interface Measured {
  readonly test: CoverageCase;
  readonly rows: readonly Coverage[];
}

async function coverage(cases: readonly CoverageCase[], options: CoverageOptions): Promise<void> {
  const { trials, seeds, json } = options;
  await using threads = await Threads.open({ threads: options.threads });
  const measured: Measured[] = [];
  for (const [i, test] of cases.entries()) {
    const left = timeLeft();
    const rows = await measureCoverage(test, {
      trials,
      seedCounts: seeds,
      ...runnerOf(test, trials * Math.max(...seeds), threads),
      progress: (done, total) => {
        const share = `${plain((100 * done) / total)} %${left(done / total)}`;
        progress(`${i + 1}/${cases.length}  ${test.name}  ${share}`);
      },
    });
    progress(undefined);
    if (!json) print(describe({ test, rows }, seeds));
    measured.push({ test, rows });
  }
  const all = measured.flatMap(({ rows }) => rows);
  const tooSeldom = all.filter(({ held }) => held < LOWEST).length;
  const tooOften = all.filter(({ held }) => held > HIGHEST).length;
  const counts = { trials, intervals: all.length, tooSeldom, tooOften };
  if (json) printJson({ ...provenance(), ...counts, cases: measured.map(asJson) });
  else print(summary(counts));
  if (tooSeldom > 0) process.exitCode = EXIT.failure;
}

/** Lets several threads run the seeds, of a case that they know. */
function runnerOf(test: CoverageCase, runs: number, threads: Threads) {
  const known = COVERAGE_CASES.indexOf(test);
  const executor = threads.for({ requests: 2 * runs * expectedRequests(test.scenario) });
  if (known < 0 || executor === undefined) return {};
  const runSeeds = (range: SeedRange) => executor.run("coverage", { test: known, ...range });
  return { runSeeds };
}

/** Returns "*" when the interval holds the truth too seldom, "+" when too often. */
const markOf = ({ held }: Coverage) => (held < LOWEST ? "*" : held > HIGHEST ? "+" : " ");

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
        ...own.map((row) => `${(100 * row.held).toFixed(1)} %${markOf(row)}`),
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

interface Counts {
  readonly trials: number;
  readonly intervals: number;
  readonly tooSeldom: number;
  readonly tooOften: number;
}

function summary({ trials, intervals, tooSeldom, tooOften }: Counts): string {
  const error = 100 * Math.sqrt((0.95 * 0.05) / trials);
  const { bold, dim, green, red } = palette();
  const verdict =
    tooSeldom === 0
      ? green(`all ${intervals} intervals of 95 % hold the truth in at least ${100 * LOWEST} %`)
      : red(`${tooSeldom} of ${intervals} intervals of 95 % hold the truth too seldom (marked *)`);
  const wide =
    tooOften === 0
      ? []
      : [dim(`${tooOften} in more than ${100 * HIGHEST} % (marked +): wider than they had to be`)];
  const trialsText = dim(`${trials} trials each, standard error ${error.toFixed(1)} points`);
  return [`${bold(verdict)}  ${trialsText}`, ...wide].join("\n");
}
