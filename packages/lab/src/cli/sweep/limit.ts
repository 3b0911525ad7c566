// `tandem lab limit`: finds the highest load, and so the most requests per second, at which a latency keeps to a limit.
import { Command } from "commander";
import { runnerOf } from "../../parallel/executor.ts";
import type { Runner } from "../../scenarios/runner.ts";
import { METRICS, type Metric, type Study } from "../../scenarios/study.ts";
import { candidateFindings, scenarioFindings } from "../../schema/check.ts";
import { inOneLine } from "../../schema/in-one-line.ts";
import { expectedRequests } from "../../schema/work.ts";
import type { Scenario } from "../../sim/scenario.ts";
import { hasDeadline } from "../../sim/unanswered.ts";
import { withLoad } from "../../sweep/traffic.ts";
import { findCandidates } from "../find-study.ts";
import {
  EXIT_CODES,
  MOST_SEEDS,
  milliseconds,
  percentage,
  positiveNumber,
  seedsUpTo,
  wholeNumber,
  withStudyOptions,
  withWarmUpOption,
} from "../options.ts";
import { tellOwnFaults } from "../own-files.ts";
import { provenance } from "../provenance.ts";
import { examples, print, printJson, progress, UsageError } from "../terminal.ts";
import { Threads, withThreads } from "../threads.ts";
import { type WarmUp, warmedUp } from "../warm-up.ts";
import { openJournal } from "./journal.ts";
import { limitAsJson, limitText } from "./limit-text.ts";
import {
  highestLoadTold,
  type Limit,
  limitRows,
  type Search,
  withLoadAndRequests,
} from "./limits.ts";
import { MeasuredRuns } from "./measured-runs.ts";
import { oneScenario } from "./one-scenario.ts";

/** The warm-up of a scenario that names none is found at this load, which is near those that a search ends at. */
const WARM_UP_LOAD = 0.8;

/** The latencies that can be limited. A timeout counts with the time that its client waited. */
const LIMITS = {
  mean: METRICS.waitedMean,
  p50: { ...METRICS.p50, of: ({ experienced }) => experienced.p50 },
  p99: METRICS.waited99,
  p999: METRICS.waited999,
} as const satisfies Readonly<Record<string, Metric>>;

interface LimitOptions extends Readonly<Partial<Record<keyof typeof LIMITS, number>>> {
  readonly algorithms?: readonly string[];
  readonly variants?: readonly string[];
  readonly seeds: number;
  readonly from: number;
  readonly to?: number;
  readonly tolerance: number;
  readonly warmUp?: WarmUp;
  readonly full?: boolean;
  readonly anySize?: boolean;
  readonly threads?: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function limitCommand(): Command {
  const command = withThreads(withWarmUpOption(withStudyOptions(new Command("limit"))))
    .description("find the highest load at which a latency keeps to a limit")
    .addHelpText(
      "before",
      examples(
        ["limit mine.json --p99 200ms", "how much can each algorithm carry?"],
        ["limit mine.json --p99 200ms --algorithms random:draws=2 random:draws=3", "these only"],
        ["limit mine.json --mean 20ms --seeds 20 --out limit", "goes on where it stopped"],
      ),
    )
    .argument("<scenario>", "number, name, or a .json file; one variant of it");
  for (const name of Object.keys(LIMITS))
    command.option(
      `--${name} <time>`,
      `the most that the ${name === "mean" ? "mean" : name} may be, such as 200ms`,
      milliseconds,
    );
  return command
    .option("--algorithms <names...>", "these algorithms instead of the scenario's own")
    .option("--seeds <n>", "searches of each, with seeds 1 to n", wholeNumber(2, MOST_SEEDS), 10)
    .option("--from <load>", "the lowest load that is tried", positiveNumber, 0.01)
    .option(
      "--to <load>",
      "the highest load that is tried (default: 2 with deadlines, else what a run can tell, below 1)",
      positiveNumber,
    )
    .option("--tolerance <percentage>", "how exactly each search finds the load", percentage, 0.002)
    .option("--json", "report as JSON")
    .option("--out <folder>", "write the journal of runs there")
    .addHelpText("after", EXIT_CODES)
    .action(findLimit);
}

async function findLimit(typed: string, options: LimitOptions): Promise<void> {
  await using threads = await Threads.open(options);
  const { study, variant } = oneScenario(typed, options);
  const search = searchOf(study, variant.scenario, options);
  const { limit, scenario } = search;
  const origin = provenance();
  const metrics = [limit.metric.name];
  const journal = openJournal(options.out, { scenario, metrics, revision: origin.revision });
  const runner = runnerOf(threads.for({ requests: requestsOf(search) }));
  try {
    const { scenario: warmed, notes } = await withWarmUp(search, options.warmUp, runner);
    const runs = new MeasuredRuns({ runner, metrics: [limit.metric], journal });
    const rows = await limitRows({ ...search, scenario: warmed }, runs);
    progress(undefined);
    const run = { study, search, rows, notes };
    if (options.json) printJson(limitAsJson(run, origin));
    else print(limitText(run));
  } finally {
    progress(undefined);
  }
  tellOwnFaults();
}

/** Throws a UsageError when something cannot be searched for, or not in this scenario. */
function searchOf(study: Study, scenario: Scenario, options: LimitOptions): Search {
  const { from: lowest, to, tolerance, seeds, anySize = false } = options;
  const limit = limitOf(options);
  if (withLoad(scenario, WARM_UP_LOAD) === undefined)
    throw new UsageError(
      `'${scenario.name}' has no rate that can be scaled, expected 'open' traffic whose arrivals are no trace`,
    );
  const candidates =
    options.algorithms === undefined ? study.candidates : findCandidates(study, options.algorithms);
  const highest = to ?? (hasDeadline(scenario.client) ? 2 : 1);
  const told = highestLoadTold(scenario);
  if (!(lowest < highest))
    throw new UsageError(`--from ${lowest}: expected less than --to ${highest}`);
  if (!(lowest < told))
    throw new UsageError(`--from ${lowest}: expected less than ${told}, above which no run tells`);
  for (const load of [lowest, highest])
    refuseUnsound(withLoadAndRequests(scenario, load), candidates, options);
  const bounds = { lowest, highest, tolerance };
  return { scenario, candidates, seeds: seedsUpTo(seeds), limit, bounds, anySize };
}

/** About so many: a search takes some ten runs. */
const requestsOf = ({ scenario, bounds, seeds, candidates }: Search) =>
  expectedRequests(withLoadAndRequests(scenario, bounds.highest)) *
  (10 * seeds.length * candidates.length);

async function withWarmUp(
  { scenario, candidates }: Search,
  wanted: WarmUp | undefined,
  runner: Runner,
): Promise<{ readonly scenario: Scenario; readonly notes: readonly string[] }> {
  const usual = withLoad(scenario, WARM_UP_LOAD) ?? scenario;
  const { variants, notes } = await warmedUp(
    [{ label: `load ${WARM_UP_LOAD}`, scenario: usual }],
    candidates,
    { wanted, runner, progress },
  );
  const warmupMs = variants[0]?.scenario.warmupMs;
  return { scenario: warmupMs === undefined ? scenario : { ...scenario, warmupMs }, notes };
}

function refuseUnsound(
  scenario: Search["scenario"],
  candidates: Search["candidates"],
  options: LimitOptions,
): void {
  const [wrong] = [
    ...scenarioFindings(scenario, options),
    ...candidates.flatMap((candidate) => candidateFindings(candidate, scenario)),
  ];
  if (wrong !== undefined) throw new UsageError(`'${scenario.name}': ${inOneLine(wrong)}`);
}

function limitOf(options: LimitOptions): Limit {
  const names = Object.keys(LIMITS) as (keyof typeof LIMITS)[];
  const given = names.filter((name) => options[name] !== undefined);
  const [name] = given;
  if (name === undefined || given.length > 1)
    throw new UsageError(
      `found ${given.length === 0 ? "no limit" : given.map((one) => `--${one}`).join(" and ")}, expected one of ${names.map((one) => `--${one}`).join(", ")}, such as --p99 200ms`,
    );
  return { metric: LIMITS[name], most: options[name] ?? Number.NaN };
}
