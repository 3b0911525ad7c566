// `tandem lab compare`: compares two algorithms over the same traffic, seed by seed, on every metric of a scenario.
import { palette } from "@tandem/telemetry/colors";
import { Command } from "commander";
import { signed, withUnit } from "../figures/numbers.ts";
import type { StudyRow } from "../scenarios/run-study.ts";
import { type Comparison, comparePaired } from "../stats/compare.ts";
import { findSimulated } from "./find-study.ts";
import { MOST_SEEDS, seedsUpTo, wholeNumber, withStudyOptions } from "./options.ts";
import { provenance } from "./provenance.ts";
import { performStudy, type StudyRun } from "./study-run.ts";
import { examples, print, printJson, table } from "./terminal.ts";

/** With fewer pairs of runs the confidence interval would be too wide to be useful. */
const FEWEST_SEEDS = 10;

interface CompareOptions {
  readonly seeds: number;
  readonly variants?: readonly string[];
  readonly full?: boolean;
  readonly json?: boolean;
}

export function compareCommand(): Command {
  return withStudyOptions(new Command("compare"))
    .description("two algorithms, paired by seed, with confidence intervals")
    .addHelpText(
      "before",
      examples(
        ["compare S4 round-robin peak-ewma", "is the second better than the first?"],
        ["compare S3 least-conn random:draws=3 --seeds 30", "more seeds see smaller differences"],
      ),
    )
    .argument("<scenario>", "number, name, or a .json file")
    .argument("<a>", "an algorithm")
    .argument("<b>", "another one")
    .option(
      "--seeds <n>",
      `pairs, at least ${FEWEST_SEEDS}`,
      wholeNumber(FEWEST_SEEDS, MOST_SEEDS),
      FEWEST_SEEDS,
    )
    .option("--json", "report as JSON")
    .addHelpText("after", "\nExit code: 0 done, 2 the input is at fault.")
    .action(compare);
}

interface Row {
  readonly variant: string;
  readonly metric: string;
  readonly unit: string;
  readonly a: number;
  readonly b: number;
  readonly comparison: Comparison;
}

function compare(typed: string, a: string, b: string, options: CompareOptions): void {
  const study = findSimulated(typed);
  const done = performStudy(study, {
    ...options,
    algorithms: [a, b],
    seeds: seedsUpTo(options.seeds),
  });
  const rows = [...Map.groupBy(done.rows, ({ variant }) => variant.label)].flatMap(
    ([variant, [one, other]]) => (one && other ? rowsOf(variant, one, other) : []),
  );
  if (options.json) printJson(asJson(done, [a, b], rows));
  else print(describe(done, [a, b], rows));
}

function rowsOf(variant: string, one: StudyRow, other: StudyRow): Row[] {
  return one.metrics.map(({ metric, values, estimate }, i) => {
    const against = other.metrics[i] ?? { values: [], estimate: { mean: Number.NaN } };
    return {
      variant,
      metric: metric.name,
      unit: metric.unit,
      a: estimate.mean,
      b: against.estimate.mean,
      comparison: comparePaired(values, against.values),
    };
  });
}

function asJson(done: StudyRun, [a, b]: readonly [string, string], rows: readonly Row[]): unknown {
  return { study: done.study.id, a, b, ...provenance(), seeds: done.seeds, comparisons: rows };
}

function describe(
  { study, seeds }: StudyRun,
  [a, b]: readonly [string, string],
  rows: readonly Row[],
): string {
  const { bold, dim } = palette();
  const lines = [bold(`${study.id}  ${b} against ${a}`), study.title];
  for (const [variant, own] of Map.groupBy(rows, (row) => row.variant)) {
    const [head = "", ...body] = table([
      ["", a, b, "difference", "95 % interval", "verdict"],
      ...own.map(({ metric, unit, a, b, comparison }) => [
        `  ${metric}`,
        withUnit(a, unit),
        withUnit(b, unit),
        signed(comparison.difference, unit),
        `${signed(comparison.low, "")} to ${signed(comparison.high, unit)}`,
        comparison.verdict,
      ]),
    ]);
    lines.push("", bold(variant), dim(head), ...body);
  }
  lines.push(
    "",
    dim(`${seeds.length} pairs: both met the same requests; bootstrap of the differences`),
  );
  return lines.join("\n");
}
