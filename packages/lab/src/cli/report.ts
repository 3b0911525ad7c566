// `tandem lab report`: writes scenarios with figures and tables as one HTML file.
import { dirname } from "node:path";
import { Command } from "commander";
import { churnFigures } from "../figures/churn.ts";
import { withUnit } from "../figures/numbers.ts";
import { figuresOf } from "../figures/of-study.ts";
import { type HtmlTable, page, type Section } from "../figures/page.ts";
import { scoresOf } from "../figures/scores.ts";
import { DEFAULT_SEEDS } from "../scenarios/run-study.ts";
import type { ChurnRow } from "../scenarios/s14-churn.ts";
import { churn } from "../scenarios/scenarios.ts";
import type { Study } from "../scenarios/study.ts";
import { ALL_STUDIES, type AnyStudy, findStudy } from "./find-study.ts";
import { MOST_SEEDS, seedsUpTo, wholeNumber, withStudyOptions } from "./options.ts";
import { tellOwnFaults } from "./own-files.ts";
import { type Provenance, provenance } from "./provenance.ts";
import { caveatLines, cellText, comparedText } from "./results.ts";
import { refuseUnwritable, saveAll } from "./save.ts";
import { performStudy, type StudyRun } from "./study-run.ts";
import { examples, say } from "./terminal.ts";
import { Threads, withThreads } from "./threads.ts";

interface ReportOptions {
  readonly out: string;
  readonly seeds: number;
  readonly algorithms?: readonly string[];
  readonly variants?: readonly string[];
  readonly full?: boolean;
  readonly anySize?: boolean;
  readonly threads?: number;
}

export function reportCommand(): Command {
  return withThreads(withStudyOptions(new Command("report")))
    .description("run scenarios and write one HTML file with figures and tables")
    .addHelpText(
      "before",
      examples(
        ["report S4 S8 S14 --out report.html", "some scenarios"],
        ["report --out report.html", "all of them; takes minutes"],
        ["report --seeds 3 --out draft.html", "all of them, roughly"],
        [
          "report S4 --algorithms least-conn ./mine.ts --out report.html",
          "an algorithm of your own",
        ],
      ),
    )
    .argument("[scenarios...]", "numbers, names, or .json files (default: the whole pack)")
    .option("--algorithms <names...>", "these algorithms instead of each scenario's own")
    .requiredOption("--out <file.html>", "the file to write")
    .option(
      "--seeds <n>",
      "runs of each, with seeds 1 to n",
      wholeNumber(1, MOST_SEEDS),
      DEFAULT_SEEDS.length,
    )
    .addHelpText(
      "after",
      "\nExit code: 0 done, 1 it could not be written or a file of your own failed, 2 the input is at fault.",
    )
    .action(writeReport);
}

async function writeReport(typed: readonly string[], options: ReportOptions): Promise<void> {
  await using threads = await Threads.open(options);
  const studies = typed.length === 0 ? ALL_STUDIES : typed.map((one) => findStudy(one, options));
  refuseUnwritable(dirname(options.out));
  const runs: StudyRun[] = [];
  const sections: Section[] = [];
  for (const study of studies)
    sections.push(
      "variants" in study
        ? await simulatedSection(study, options, { threads, runs })
        : churnSection(options),
    );
  const text = page({
    title: "Tandem laboratory report",
    facts: factsOf(provenance(), options.seeds),
    overview: runs.length > 1 ? scoresOf(runs) : undefined,
    sections,
  });
  saveAll([{ path: options.out, text }]);
  say(`wrote ${options.out}`);
  tellOwnFaults();
}

function factsOf({ revision, node, machine }: Provenance, seeds: number): [string, string][] {
  return [
    ["Revision", revision],
    ["Seeds", seeds === 1 ? "1" : `1 to ${seeds}`],
    ["Machine", `${machine}; Node ${node}`],
    [
      "Reading it",
      "Simulated with the algorithm files that serve traffic. Times are virtual, so the machine decides " +
        "how long it took and nothing else. Intervals are of 95 % confidence (over the seeds); algorithms met the same requests, and the " +
        "verdicts of a scenario are corrected for their number (Holm).",
    ],
  ];
}

const headOf = ({ id, title, question, source }: AnyStudy) => ({
  ...{ id, title, question },
  ...(source !== undefined && { source }),
});

function churnSection({ full }: ReportOptions): Section {
  const rows = churn.rows(full);
  const command = `tandem lab run ${churn.id}${full ? " --full" : ""}`;
  return { ...headOf(churn), command, figures: churnFigures(rows), tables: churnTables(rows) };
}

async function simulatedSection(
  study: Study,
  options: ReportOptions,
  { threads, runs }: { readonly threads: Threads; readonly runs: StudyRun[] },
): Promise<Section> {
  const { seeds, full, algorithms = [] } = options;
  const words = [
    ...(full ? ["--full"] : []),
    ...(algorithms.length > 0 ? ["--algorithms", ...algorithms] : []),
  ];
  const done = await performStudy(study, { ...options, seeds: seedsUpTo(seeds) }, threads);
  runs.push(done);
  return {
    ...headOf(study),
    command: `tandem lab run ${study.id} --seeds ${[seeds, ...words].join(" ")} --out figures`,
    figures: figuresOf(done),
    tables: tablesOf(done),
  };
}

function tablesOf({ study, rows }: StudyRun): HtmlTable[] {
  const headline = study.metrics[0];
  return [...Map.groupBy(rows, ({ variant }) => variant.label)].map(([caption, own]) => ({
    caption,
    head: [
      "",
      ...study.metrics.map(({ name }) => name),
      "never answered",
      `${headline.name} against ${own[0]?.candidate.label}`,
    ],
    rows: own.map((row) => [
      row.candidate.label,
      ...row.metrics.map((found) => cellText(row, found)),
      withUnit(100 * row.caveats.unanswered, "%"),
      comparedText(row, headline),
    ]),
    notes: caveatLines(own),
  }));
}

function churnTables(rows: readonly ChurnRow[]): HtmlTable[] {
  return [...Map.groupBy(rows, ({ change }) => change)].map(([caption, own]) => ({
    caption,
    head: ["", "had to move", "moved without need", "unevenness afterwards"],
    rows: own.map(({ method, necessary, extra, spread }) => [
      method,
      ...[necessary, extra, spread].map((value) => withUnit(value, "%")),
    ]),
  }));
}
