// Runs a study with a command's options and shows the progress.
import { judgedRows, runStudy, type StudyRow } from "../scenarios/run-study.ts";
import type { Candidate, Study, Variant } from "../scenarios/study.ts";
import { findCandidates } from "./find-study.ts";
import { progress, UsageError } from "./terminal.ts";

export interface StudyChoice {
  readonly algorithms?: readonly string[];
  readonly variants?: readonly string[];
  readonly full?: boolean;
  readonly seeds: readonly number[];
}

/** The results of a study. */
export interface StudyRun {
  readonly study: Study;
  readonly candidates: readonly Candidate[];
  readonly variants: readonly Variant[];
  readonly seeds: readonly number[];
  /** The comparisons are judged together: over all variants and candidates. */
  readonly rows: readonly StudyRow[];
}

/**
 * Runs a study and blocks until it is done. Ctrl-C may end the process at any time, because nothing has been written
 * yet.
 */
export function performStudy(study: Study, choice: StudyChoice): StudyRun {
  const candidates =
    choice.algorithms === undefined ? study.candidates : findCandidates(study, choice.algorithms);
  const variants = chosenVariants(study, choice);
  const { seeds } = choice;
  const rows: StudyRow[] = [];
  const run = runStudy(
    { ...study, variants: () => variants },
    {
      candidates,
      seeds,
      progress: (done, total, what) => progress(`${study.id}  ${done + 1}/${total}  ${what}`),
    },
  );
  try {
    for (const row of run) rows.push(row);
  } finally {
    progress(undefined);
  }
  return { study, candidates, variants, seeds, rows: judgedRows(rows) };
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
