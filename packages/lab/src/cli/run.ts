// `tandem lab run`: runs one scenario with its algorithms, prints a table, and writes figures on request.
import { Command } from "commander";
import { churnFigures } from "../figures/churn.ts";
import { figuresOf } from "../figures/of-study.ts";
import { DEFAULT_SEEDS } from "../scenarios/run-study.ts";
import { churn } from "../scenarios/scenarios.ts";
import type { Study } from "../scenarios/study.ts";
import { findStudy, refuseTwice } from "./find-study.ts";
import {
  EXIT_CODES,
  MOST_SEEDS,
  seedsUpTo,
  wholeNumber,
  withLengthOptions,
  withStudyOptions,
} from "./options.ts";
import { tellOwnFaults } from "./own-files.ts";
import { provenance } from "./provenance.ts";
import { describeChurn, describeRun, runAsJson } from "./results.ts";
import { refuseUnwritable } from "./save.ts";
import { saveChurn, saveRun } from "./save-figures.ts";
import { performStudy, type StudyChoice } from "./study-run.ts";
import { examples, print, printJson, say, UsageError } from "./terminal.ts";
import { Threads, withThreads } from "./threads.ts";
import type { WarmUp } from "./warm-up.ts";

export interface RunOptions {
  readonly algorithms?: readonly string[];
  readonly variants?: readonly string[];
  readonly seeds: number;
  readonly precision?: number;
  readonly mostSeeds: number;
  readonly warmUp?: WarmUp;
  readonly full?: boolean;
  readonly anySize?: boolean;
  readonly threads?: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function runCommand(): Command {
  return withThreads(withLengthOptions(withStudyOptions(new Command("run"))))
    .description("simulate a scenario with each of its algorithms")
    .addHelpText(
      "before",
      examples(
        ["run S4", "by number"],
        ["run linkerd --out figures", "by name; figures as SVG, CSV and the scenario"],
        [
          "run S4 --algorithms round-robin least-conn random:draws=3",
          "other algorithms than its own",
        ],
        ["run S3 --precision 2%", "as many seeds as it takes"],
        ["run figures/s4.json", "run again what a figure was made from"],
        ["run mine.json", "a scenario of your own"],
        ["run S4 --algorithms least-conn ./mine.ts", "an algorithm of your own"],
      ),
    )
    .argument("<scenario>", "number, name, or a .json file")
    .option("--algorithms <names...>", "these algorithms instead of the scenario's own")
    .option(
      "--seeds <n>",
      "runs of each, with seeds 1 to n",
      wholeNumber(1, MOST_SEEDS),
      DEFAULT_SEEDS.length,
    )
    .option("--json", "report as JSON")
    .option("--out <folder>", "write figures there")
    .addHelpText("after", EXIT_CODES)
    .action(run);
}

async function run(typed: string, options: RunOptions): Promise<void> {
  await using threads = await Threads.open(options);
  const study = findStudy(typed, options);
  refuseTwice(options.algorithms ?? []);
  if (options.out !== undefined) refuseUnwritable(options.out);
  if ("variants" in study) await runSimulated(study, options, threads);
  else runChurn(options);
  tellOwnFaults();
}

async function runSimulated(study: Study, options: RunOptions, threads: Threads): Promise<void> {
  const { precision, mostSeeds, ...rest } = options;
  const choice: StudyChoice = {
    ...rest,
    seeds: seedsUpTo(options.seeds),
    ...(precision && { precision: { wanted: precision, most: mostSeeds, of: "means" } }),
  };
  const done = await performStudy(study, choice, threads);
  const origin = provenance();
  const files =
    options.out === undefined ? [] : saveRun(options.out, done, figuresOf(done), origin);
  if (options.json) printJson(runAsJson(done, origin, files));
  else print(describeRun(done));
  tellFiles(files);
}

function runChurn(options: RunOptions): void {
  if (options.algorithms !== undefined || options.variants !== undefined)
    throw new UsageError(`${churn.id} always shows every hash method and every change`);
  const rows = churn.rows(options.full);
  const origin = provenance();
  const files =
    options.out === undefined
      ? []
      : saveChurn(options.out, churnFigures(rows), options.full === true, origin);
  const { id, name, title, question } = churn;
  if (options.json)
    printJson({ study: id, name, title, question, ...origin, results: rows, files });
  else print(describeChurn(`${id}  ${title}`, question, rows));
  tellFiles(files);
}

export function tellFiles(files: readonly string[]): void {
  if (files.length > 0) say(`wrote ${files.join(", ")}`);
}
