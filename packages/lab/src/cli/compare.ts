// `tandem lab compare`: compares two algorithms over the same traffic, seed by seed, on every metric of a scenario.
import { palette } from "@tandem/telemetry/colors";
import { Command } from "commander";
import { plain, signed, withUnit } from "../figures/numbers.ts";
import { type ComparedRow, comparedRows, type Side } from "./compared-rows.ts";
import {
  chanceText,
  intervalText,
  precisionText,
  relativeText,
  verdictText,
} from "./comparison-text.ts";
import { findSimulated } from "./find-study.ts";
import {
  MOST_SEEDS,
  seedsUpTo,
  wholeNumber,
  withLengthOptions,
  withStudyOptions,
} from "./options.ts";
import { tellOwnFaults } from "./own-files.ts";
import { provenance } from "./provenance.ts";
import { caveatLines } from "./results.ts";
import { performStudy, type StudyChoice, type StudyRun } from "./study-run.ts";
import { examples, print, printJson, table } from "./terminal.ts";
import { Threads, withThreads } from "./threads.ts";
import type { WarmUp } from "./warm-up.ts";

/** With fewer pairs of runs the confidence interval would be too wide to be useful. */
const FEWEST_SEEDS = 10;
/** The output says how many seeds it takes to know the relative difference to within this share. */
const USUAL_PRECISION = 0.02;

interface CompareOptions {
  readonly seeds: number;
  readonly precision?: number;
  readonly mostSeeds: number;
  readonly warmUp?: WarmUp;
  readonly variants?: readonly string[];
  readonly full?: boolean;
  readonly anySize?: boolean;
  readonly threads?: number;
  readonly json?: boolean;
}

export function compareCommand(): Command {
  return withThreads(withLengthOptions(withStudyOptions(new Command("compare"))))
    .description("two algorithms, paired by seed, with confidence intervals")
    .addHelpText(
      "before",
      examples(
        ["compare S4 round-robin peak-ewma", "is the second better than the first?"],
        ["compare S3 least-conn random:draws=3 --seeds 30", "more seeds see smaller differences"],
        ["compare S3 least-conn prequal --precision 1%", "as many seeds as it takes"],
        ["compare S4 least-conn ./mine.ts", "an algorithm of your own"],
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
    .addHelpText(
      "after",
      "\nExit code: 0 done, 1 a file of your own failed at a pick, 2 the input is at fault.",
    )
    .action(compare);
}

async function compare(
  typed: string,
  a: string,
  b: string,
  options: CompareOptions,
): Promise<void> {
  await using threads = await Threads.open({ threads: options.threads, algorithms: [a, b] });
  const study = findSimulated(typed, options);
  const { precision, mostSeeds, ...rest } = options;
  const choice: StudyChoice = {
    ...rest,
    algorithms: [a, b],
    seeds: seedsUpTo(options.seeds),
    ...(precision && { precision: { wanted: precision, most: mostSeeds, of: "differences" } }),
  };
  const done = await performStudy(study, choice, threads);
  const wanted = precision ?? USUAL_PRECISION;
  const rows = comparedRows(done.rows, wanted);
  if (options.json) printJson(asJson(done, [a, b], rows));
  else print(describe(done, [a, b], { rows, wanted }));
  tellOwnFaults();
}

function asJson(
  done: StudyRun,
  [a, b]: readonly [string, string],
  rows: readonly ComparedRow[],
): unknown {
  return {
    study: done.study.id,
    a,
    b,
    ...provenance(),
    seeds: done.seeds,
    notes: done.notes,
    comparisons: rows,
  };
}

function cellsOf({ metric, unit, a, b, comparison, unstable, seedsNeeded }: ComparedRow): string[] {
  const side = ({ mean, atLeast }: Side) =>
    unstable === null
      ? (atLeast ? "≥ " : "") + withUnit(mean ?? Number.NaN, unit)
      : `unstable, ρ = ${plain(unstable)}`;
  const cells = [`  ${metric}`, side(a), side(b)];
  if (comparison === null) return [...cells, "-", "-", "-", "-", "-", "not compared"];
  return [
    ...cells,
    signed(comparison.difference, unit),
    intervalText(comparison, unit),
    relativeText(comparison),
    chanceText(comparison.corrected),
    Number.isFinite(seedsNeeded) ? seedsNeeded.toLocaleString("en-US") : "-",
    verdictText(comparison),
  ];
}

function describe(
  { study, seeds, notes, rows: runs }: StudyRun,
  [a, b]: readonly [string, string],
  { rows, wanted }: { readonly rows: readonly ComparedRow[]; readonly wanted: number },
): string {
  const { bold, dim } = palette();
  const lines = [bold(`${study.id}  ${b} against ${a}`), study.title];
  const needed = `seeds for ${precisionText(wanted)}`;
  for (const [variant, own] of Map.groupBy(rows, (row) => row.variant)) {
    const [head = "", ...body] = table([
      ["", a, b, "difference", "95 % interval", "relative", "p", needed, "verdict"],
      ...own.map(cellsOf),
    ]);
    lines.push("", bold(variant), dim(head), ...body);
  }
  lines.push(
    "",
    ...[...explanation(seeds.length, rows, needed), ...notes, ...caveatLines(runs)].map(dim),
  );
  return lines.join("\n");
}

function explanation(most: number, rows: readonly ComparedRow[], needed: string): string[] {
  const together = Math.max(1, ...rows.map(({ comparison }) => comparison?.together ?? 1));
  const fewest = Math.min(most, ...rows.map(({ comparison }) => comparison?.pairs ?? most));
  const pairs = fewest === most ? most : `${fewest} to ${most}`;
  const chance = "p: the chance of such a difference between equal algorithms";
  return [
    `${pairs} pairs: both met the same requests; each interval is for its line alone`,
    together === 1 ? chance : `${chance}, corrected for ${together} comparisons (Holm)`,
    `${needed}: how many seeds would tell the relative difference to within that`,
  ];
}
