// `tandem lab sweep`: runs a scenario at every value of one or several of its numbers, and says how each algorithm does.
import { Command } from "commander";
import type { Candidate, Study, Variant } from "../../scenarios/study.ts";
import { type Axis, AxisError, readAxis } from "../../sweep/axis.ts";
import { gridOf } from "../../sweep/grid.ts";
import { findCandidates } from "../find-study.ts";
import {
  EXIT_CODES,
  MOST_SEEDS,
  seedsUpTo,
  wholeNumber,
  withStudyOptions,
  withWarmUpOption,
} from "../options.ts";
import { tellOwnFaults } from "../own-files.ts";
import { provenance } from "../provenance.ts";
import { tellFiles } from "../run.ts";
import { examples, print, printJson, UsageError } from "../terminal.ts";
import { Threads, withThreads } from "../threads.ts";
import type { WarmUp } from "../warm-up.ts";
import { openJournal } from "./journal.ts";
import { oneScenario } from "./one-scenario.ts";
import { saveSweep } from "./sweep-files.ts";
import { describeSweep, sweepAsJson } from "./sweep-text.ts";
import { swept } from "./swept.ts";

const USUAL_SEEDS = 5;

interface SweepOptions {
  readonly sweep: readonly string[];
  readonly algorithms?: readonly string[];
  readonly variants?: readonly string[];
  readonly seeds: number;
  readonly warmUp?: WarmUp;
  readonly full?: boolean;
  readonly anySize?: boolean;
  readonly threads?: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function sweepCommand(): Command {
  return withThreads(withWarmUpOption(withStudyOptions(new Command("sweep"))))
    .description("simulate a scenario at every value of some of its numbers")
    .addHelpText(
      "before",
      examples(
        ["sweep mine.json --sweep load=.1:.9:.1", "from a tenth of the capacity to nine tenths"],
        ["sweep mine.json --sweep load=.5:.9:.1 --sweep servers=2,4,8", "every combination"],
        ["sweep mine.json --sweep random:draws=1:5:1", "a parameter of an algorithm"],
        [
          "sweep mine.json --sweep service.sigma=.5:2:.5",
          "any number of the scenario, by its path",
        ],
        [
          "sweep mine.json --sweep load=.1:.9:.1 --out load",
          "curves and tables; goes on where it stopped",
        ],
      ),
    )
    .argument("<scenario>", "number, name, or a .json file; one variant of it")
    .requiredOption(
      "--sweep <key=values...>",
      "what is swept: load, rate, servers, speed, a path such as service.mean, or ALGORITHM:PARAMETER; from:to:step, or a list a,b,c",
    )
    .option("--algorithms <names...>", "these algorithms instead of the scenario's own")
    .option(
      "--seeds <n>",
      "runs of each, with seeds 1 to n",
      wholeNumber(1, MOST_SEEDS),
      USUAL_SEEDS,
    )
    .option("--json", "report as JSON")
    .option("--out <folder>", "write tables, curves and the journal of runs there")
    .addHelpText("after", EXIT_CODES)
    .action(runSweep);
}

async function runSweep(typed: string, options: SweepOptions): Promise<void> {
  await using threads = await Threads.open(options);
  const { study, variant } = oneScenario(typed, options);
  const { axes, points } = planned(study, variant, options);
  const origin = provenance();
  const { out } = options;
  const journal = openJournal(out, {
    scenario: variant.scenario,
    metrics: study.metrics.map(({ name }) => name),
    revision: origin.revision,
  });
  const { warmUp: wanted, anySize = false, seeds } = options;
  const run = await swept(
    { study, axes, points, journal, anySize, warmUp: wanted, seeds: seedsUpTo(seeds) },
    threads,
  );
  const files = out === undefined ? [] : await saveSweep(out, run, origin);
  if (options.json) printJson(sweepAsJson(run, origin, files));
  else print(describeSweep(run));
  tellFiles(files);
  tellOwnFaults();
}

function planned(study: Study, { scenario }: Variant, options: SweepOptions) {
  try {
    const axes = options.sweep.map(readAxis);
    const candidates = candidatesOf(study, axes, options.algorithms);
    return { axes, points: gridOf(scenario, candidates, axes, options) };
  } catch (error) {
    if (error instanceof AxisError) throw new UsageError(error.message);
    throw error;
  }
}

/** Without `--algorithms`, a sweep of a parameter is of its algorithm alone. */
export function candidatesOf(
  study: Study,
  axes: readonly Axis[],
  typed: readonly string[] | undefined,
): readonly Candidate[] {
  if (typed !== undefined) return findCandidates(study, typed);
  const swept = axes.flatMap(({ algorithm }) => algorithm ?? []);
  return swept.length === 0 ? study.candidates : findCandidates(study, [...new Set(swept)]);
}
