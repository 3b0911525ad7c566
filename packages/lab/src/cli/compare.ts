// `tandem lab compare`: compares two algorithms over the same traffic, seed by seed, on every metric of a scenario.
import { palette } from "@tandem/telemetry/colors";
import { Command } from "commander";
import { plain, signed, withUnit } from "../figures/numbers.ts";
import { isLowerBound, isUnstable } from "../scenarios/caveats.ts";
import type { StudyRow } from "../scenarios/run-study.ts";
import { type Comparison, comparePaired } from "../stats/compare.ts";
import { findSimulated } from "./find-study.ts";
import { MOST_SEEDS, seedsUpTo, wholeNumber, withStudyOptions } from "./options.ts";
import { provenance } from "./provenance.ts";
import { caveatLines } from "./results.ts";
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
  readonly a: Side;
  readonly b: Side;
  /** Null when a run is unstable and the metric is a latency, so that there is nothing to compare. */
  readonly comparison: Comparison | null;
  readonly unstable: number | null;
}

interface Side {
  /** Null when the run is unstable. */
  readonly mean: number | null;
  /** Whether the mean is only a lower bound, because requests are never answered. */
  readonly atLeast: boolean;
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
    const unstable = isUnstable(metric, one.caveats);
    const side = (mean: number, { caveats }: StudyRow): Side => ({
      mean: unstable ? null : mean,
      atLeast: isLowerBound(metric, caveats),
    });
    return {
      variant,
      metric: metric.name,
      unit: metric.unit,
      a: side(estimate.mean, one),
      b: side(against.estimate.mean, other),
      comparison: unstable ? null : comparePaired(values, against.values),
      unstable: unstable ? (one.caveats.unstable ?? null) : null,
    };
  });
}

function asJson(done: StudyRun, [a, b]: readonly [string, string], rows: readonly Row[]): unknown {
  return { study: done.study.id, a, b, ...provenance(), seeds: done.seeds, comparisons: rows };
}

function cellsOf({ metric, unit, a, b, comparison, unstable }: Row): string[] {
  const side = ({ mean, atLeast }: Side) =>
    unstable === null
      ? (atLeast ? "≥ " : "") + withUnit(mean ?? Number.NaN, unit)
      : `unstable, ρ = ${plain(unstable)}`;
  const cells = [`  ${metric}`, side(a), side(b)];
  if (comparison === null) return [...cells, "-", "-", "not compared"];
  return [
    ...cells,
    signed(comparison.difference, unit),
    `${signed(comparison.low, "")} to ${signed(comparison.high, unit)}`,
    comparison.verdict,
  ];
}

function describe(
  { study, seeds, rows: runs }: StudyRun,
  [a, b]: readonly [string, string],
  rows: readonly Row[],
): string {
  const { bold, dim } = palette();
  const lines = [bold(`${study.id}  ${b} against ${a}`), study.title];
  for (const [variant, own] of Map.groupBy(rows, (row) => row.variant)) {
    const [head = "", ...body] = table([
      ["", a, b, "difference", "95 % interval", "verdict"],
      ...own.map(cellsOf),
    ]);
    lines.push("", bold(variant), dim(head), ...body);
  }
  lines.push(
    "",
    dim(`${seeds.length} pairs: both met the same requests; bootstrap of the differences`),
    ...caveatLines(runs).map(dim),
  );
  return lines.join("\n");
}
