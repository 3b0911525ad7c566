// Finds the study that a person typed as its number, its name or a file, and the algorithms that the person typed.
import { palette } from "@tandem/telemetry/colors";
import { churn, STUDIES } from "../scenarios/scenarios.ts";
import { CANDIDATES, type Candidate, type Study } from "../scenarios/study.ts";
import { IN_COMMANDS, readCandidate, type TextFault } from "../schema/candidate-text.ts";
import { type CheckOptions, candidateFindings } from "../schema/check.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { inOneLine } from "../schema/in-one-line.ts";
import type { Scenario } from "../sim/scenario.ts";
import { isFile } from "./own-text.ts";
import { readStudy } from "./study-file.ts";
import { UsageError } from "./terminal.ts";

/** A study of the laboratory. Study S14 computes where keys go and simulates nothing, so its type is another. */
export type AnyStudy = Study | typeof churn;

export const ALL_STUDIES: readonly AnyStudy[] = [...STUDIES, churn].toSorted(
  (a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)),
);

/**
 * Finds the study that has the typed number or name, or reads the study from the typed file
 * (`.json`). Throws a UsageError that lists the existing studies when there is none.
 */
export function findStudy(typed: string, options: CheckOptions = {}): AnyStudy {
  const wanted = typed.toLowerCase();
  const found = ALL_STUDIES.find(({ id, name }) => id.toLowerCase() === wanted || name === wanted);
  if (found !== undefined) return found;
  if (typed.endsWith(".json")) return readStudy(typed, options);
  const names = ALL_STUDIES.flatMap(({ id, name }) => [name, id]);
  throw new UsageError(
    `'${typed}' is no scenario${didYouMean(typed, names)}\n` +
      "'tandem lab list' shows all; a scenario of your own is a file that ends in .json",
  );
}

/** Finds a study for commands that need simulations. Throws a UsageError for a study that simulates nothing (S14). */
export function findSimulated(typed: string, options: CheckOptions = {}): Study {
  const study = findStudy(typed, options);
  if ("variants" in study) return study;
  throw new UsageError(
    `${study.id} computes where keys go and simulates nothing; 'tandem lab run ${study.id}'`,
  );
}

/**
 * Returns the algorithms that a person typed: by a label of the study (`random(2)`), by name (`peak-ewma`), or with
 * parameters as tandem.yaml has them (`random:draws=3,failurePenalty=0s`). Throws a UsageError that names everything
 * that is wrong, also an algorithm that needs what one of `scenarios` does not have.
 */
export function findCandidates(
  study: Pick<Study, "candidates">,
  typed: readonly string[],
  scenarios: readonly Scenario[] = [],
): readonly Candidate[] {
  const known = [...study.candidates, ...Object.values(CANDIDATES)];
  const found = typed.map((text) => {
    if (isFile(text)) return { candidate: { label: text, algorithm: text }, faults: "" };
    const named = known.find(({ label }) => label.toLowerCase() === text.toLowerCase());
    return named === undefined ? tuned(text, known) : { candidate: named, faults: "" };
  });
  const faults = found.map((one) => one.faults).filter((text) => text !== "");
  if (faults.length > 0) throw new UsageError(faults.join("\n\n"));
  const candidates = found.map(({ candidate }) => candidate);
  for (const candidate of candidates)
    for (const scenario of scenarios) {
      const [lack] = candidateFindings(candidate, scenario);
      if (lack !== undefined) throw new UsageError(`'${scenario.name}': ${inOneLine(lack)}`);
    }
  return candidates;
}

/** Throws a UsageError for a text that was typed twice. `compare` takes one twice, to show that nothing differs. */
export function refuseTwice(typed: readonly string[]): void {
  const labels = typed.map((text) => text.toLowerCase());
  const twice = typed.find((_, i) => labels.indexOf(labels[i] ?? "") < i);
  if (twice !== undefined)
    throw new UsageError(
      `'${twice}' is named twice, expected different algorithms; take one of them away`,
    );
}

function tuned(
  text: string,
  known: readonly Candidate[],
): { readonly candidate: Candidate; readonly faults: string } {
  const labels = known.map(({ label }) => label);
  const { algorithm, parameters, faults } = readCandidate(text, IN_COMMANDS, labels);
  const candidate =
    text === algorithm ? { label: text, algorithm } : { label: text, algorithm, parameters };
  return { candidate, faults: faults.map((fault) => underlined(text, fault)).join("\n\n") };
}

/** Writes the text, and below it what is wrong at which place. */
function underlined(
  text: string,
  { at, width, message, suggestion, allowed = [] }: TextFault,
): string {
  const { bold, red, green } = palette(process.stderr);
  return [
    bold(text),
    `${" ".repeat(at)}${red(`${"^".repeat(width)}  ${message}`)}`,
    ...(suggestion === undefined ? [] : [green(`  did you mean '${suggestion}'?`)]),
    ...(allowed.length === 0 ? [] : [`  allowed: ${allowed.join(", ")}`]),
    "  see docs/configuration.md#balance",
  ].join("\n");
}
