// Runs a study with a command's options and shows the progress.
import { runnerOf } from "../parallel/executor.ts";
import { type Precision, runPrecisely } from "../scenarios/precise-study.ts";
import { judgedRows, runStudyOn, type StudyRow } from "../scenarios/run-study.ts";
import type { Runner } from "../scenarios/runner.ts";
import type { Candidate, Study, Variant } from "../scenarios/study.ts";
import { expectedRequests } from "../schema/work.ts";
import type { Scenario } from "../sim/scenario.ts";
import { findCandidates } from "./find-study.ts";
import { seedsUpTo } from "./options.ts";
import { precisionLines } from "./precision-text.ts";
import { progress, UsageError } from "./terminal.ts";
import type { Threads, Work } from "./threads.ts";
import { timeLeft } from "./time-left.ts";
import { type WarmUp, warmedUp } from "./warm-up.ts";

export interface StudyChoice {
  readonly algorithms?: readonly string[];
  readonly variants?: readonly string[];
  readonly full?: boolean;
  /** Whether a scenario may take very long or much memory. */
  readonly anySize?: boolean;
  readonly seeds: readonly number[];
  /** Default: as the scenario says, else found. */
  readonly warmUp?: WarmUp;
  /** More seeds than `seeds` are run until the headline metric is this precise. */
  readonly precision?: Precision;
}

/** The results of a study. */
export interface StudyRun {
  readonly study: Study;
  readonly candidates: readonly Candidate[];
  /** With the warm-up that was found, so that they can be run again as they are. */
  readonly variants: readonly Variant[];
  /** The seeds of the variant that had most. */
  readonly seeds: readonly number[];
  /** The comparisons are judged together: over all variants and candidates. */
  readonly rows: readonly StudyRow[];
  /** What was found about warm-up and precision, for the person. */
  readonly notes: readonly string[];
}

/** Runs a study. Ctrl-C may end the process at any time, because nothing has been written yet. */
export async function performStudy(
  study: Study,
  choice: StudyChoice,
  threads: Threads,
): Promise<StudyRun> {
  const chosen = chosenVariants(study, choice);
  const scenarios = chosen.map(({ scenario }) => scenario);
  const candidates =
    choice.algorithms === undefined
      ? study.candidates
      : findCandidates(study, choice.algorithms, scenarios);
  const show = (what: string) => progress(`${study.id}  ${what}`);
  try {
    const runner = runnerOf(threads.for(workOf(scenarios, candidates.length, choice)));
    const { variants, notes } = await warmedUp(chosen, candidates, {
      wanted: choice.warmUp,
      runner,
      progress: show,
    });
    const { rows, seeds, precise } = await rowsOf(
      { ...study, variants: () => variants },
      { ...choice, candidates, runner, show },
    );
    const all = [...notes, ...precise];
    return { study, candidates, variants, seeds, rows: judgedRows(rows), notes: all };
  } finally {
    progress(undefined);
  }
}

/** With a precision wanted there may be far more runs than the first ones. */
function workOf(
  scenarios: readonly Scenario[],
  candidates: number,
  { seeds, precision }: StudyChoice,
): Work {
  const runs = candidates * (precision === undefined ? seeds.length : 10 * seeds.length);
  const requests = runs * scenarios.reduce((sum, one) => sum + expectedRequests(one), 0);
  return { requests, logged: Math.max(0, ...scenarios.map(loggedRequests)) };
}

function loggedRequests({ traffic }: Scenario): number {
  if (traffic.kind !== "open" || traffic.arrivals.kind !== "trace") return 0;
  return traffic.arrivals.timesMs.length;
}

async function rowsOf(
  study: Study,
  { candidates, seeds, precision, anySize = false, runner, show }: RowsOptions,
): Promise<Pick<StudyRun, "rows" | "seeds"> & { readonly precise: readonly string[] }> {
  const left = timeLeft();
  if (precision === undefined) {
    const rows = await runStudyOn(runner, study, {
      candidates,
      seeds,
      anySize,
      progress: (done, total, what) => show(`${done}/${total}${left(done / total)}  ${what}`),
    });
    return { rows, seeds, precise: [] };
  }
  const { rows, precisions } = await runPrecisely(study, {
    candidates,
    seeds,
    precision,
    anySize,
    runner,
    progress: show,
  });
  const most = Math.max(seeds.length, ...precisions.map(({ count }) => count));
  const precise = precisionLines(study.metrics[0].name, precisions, precision);
  return { rows, seeds: seedsUpTo(most), precise };
}

interface RowsOptions extends Pick<StudyChoice, "seeds" | "precision" | "anySize"> {
  readonly candidates: readonly Candidate[];
  readonly runner: Runner;
  readonly show: (what: string) => void;
}

/**
 * Returns the variants chosen on the command line. A variant may limit the study's algorithms by its list `only`. When
 * the command line names algorithms, that limit is removed, so that every named algorithm runs in every variant.
 */
function chosenVariants(study: Study, choice: StudyChoice): readonly Variant[] {
  const all = study.variants(choice.full === true);
  const words = choice.variants;
  const chosen =
    words === undefined
      ? all
      : all.filter(({ label }) => words.some((word) => label.includes(word)));
  if (chosen.length === 0)
    throw new UsageError(
      `no variant of ${study.id} contains ${(words ?? []).map((word) => `'${word}'`).join(" or ")}; ` +
        `there are: ${all.map(({ label }) => label).join("; ")}`,
    );
  return choice.algorithms === undefined ? chosen : chosen.map(({ only: _, ...rest }) => rest);
}
