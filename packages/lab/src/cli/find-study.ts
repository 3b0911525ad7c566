// Finds the study that a person typed as its number, its name or a file, and the algorithms that the person typed.
import { readFileSync } from "node:fs";
import { churn, STUDIES } from "../scenarios/scenarios.ts";
import {
  CANDIDATES,
  type Candidate,
  METRICS,
  type Study,
  type Variant,
} from "../scenarios/study.ts";
import { ALGORITHMS, type Parameters } from "../sim/algorithms.ts";
import type { Scenario } from "../sim/scenario.ts";
import { hasDeadline } from "../sim/unanswered.ts";
import { didYouMean, UsageError } from "./terminal.ts";

/** A study of the laboratory. Study S14 computes where keys go and simulates nothing, so its type is another. */
export type AnyStudy = Study | typeof churn;

export const ALL_STUDIES: readonly AnyStudy[] = [...STUDIES, churn].toSorted(
  (a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)),
);

/**
 * Finds the study that has the typed number or name, or reads the study from the typed file
 * (`.json`). Throws a UsageError that lists the existing studies when there is none.
 */
export function findStudy(typed: string): AnyStudy {
  const wanted = typed.toLowerCase();
  const found = ALL_STUDIES.find(({ id, name }) => id.toLowerCase() === wanted || name === wanted);
  if (found !== undefined) return found;
  if (typed.endsWith(".json")) return studyOfFile(typed);
  const names = ALL_STUDIES.flatMap(({ id, name }) => [name, id]);
  throw new UsageError(
    `'${typed}' is no scenario${didYouMean(typed, names)}\n` +
      "'tandem lab list' shows all; a scenario of your own is a file that ends in .json",
  );
}

/** Finds a study for commands that need simulations. Throws a UsageError for a study that simulates nothing (S14). */
export function findSimulated(typed: string): Study {
  const study = findStudy(typed);
  if ("variants" in study) return study;
  throw new UsageError(
    `${study.id} computes where keys go and simulates nothing; 'tandem lab run ${study.id}'`,
  );
}

/** The content of the file that `tandem lab run --out` saves with its figures. `tandem lab run FILE` reads it. */
interface SavedStudy {
  readonly study?: string;
  readonly candidates?: readonly Candidate[];
  readonly variants: readonly Variant[];
}

function studyOfFile(file: string): Study {
  const content = readJson(file);
  const known = STUDIES.find(({ id }) => id === (content as { study?: unknown }).study);
  const saved: SavedStudy = isSaved(content)
    ? content
    : { variants: [{ label: "as given", scenario: content as Scenario }] };
  for (const { scenario } of saved.variants) refuseIncomplete(file, scenario, known);
  const { roundRobin, random2, leastConn, peakEwma } = CANDIDATES;
  const name = saved.variants[0]?.scenario.name ?? file;
  const base: Study = known ?? {
    id: "own",
    name,
    title: name,
    question: "How do the algorithms do in this scenario?",
    candidates: [roundRobin, random2, leastConn, peakEwma],
    metrics: metricsOf(saved.variants),
    variants: () => [],
  };
  const { candidates = base.candidates, variants } = saved;
  return { ...base, candidates, variants: () => variants };
}

/** With deadlines the latencies include timeouts, so that an algorithm does not gain by the requests that it loses. */
function metricsOf(variants: readonly Variant[]): Study["metrics"] {
  const { p99, mean, waited99, waitedMean, errors, imbalance } = METRICS;
  return variants.some(({ scenario }) => hasDeadline(scenario.client))
    ? [waited99, waitedMean, errors, imbalance]
    : [p99, mean, errors, imbalance];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isSaved(content: unknown): content is SavedStudy {
  return Array.isArray((content as { variants?: unknown } | null)?.variants);
}

const REQUIRED = ["name", "durationMs", "traffic", "service", "servers"] as const;

function refuseIncomplete(file: string, scenario: unknown, study: Study | undefined): void {
  const given = (scenario ?? {}) as Readonly<Record<string, unknown>>;
  const missing = REQUIRED.filter((key) => given[key] === undefined);
  if (missing.length > 0)
    throw new UsageError(
      `${file}: the scenario lacks ${missing.join(", ")}; packages/lab/README.md shows one, ` +
        "packages/lab/src/sim/scenario.ts names every key",
    );
  const { client } = given as Partial<Scenario>;
  if (typeof (client?.retries?.budget ?? true) !== "boolean")
    throw new UsageError(
      `${file}: retries.budget is true or false since the laboratory has the balancer's own budget, ` +
        "which has no number",
    );
  if (JSON.stringify(scenario).includes('"omitted":'))
    throw new UsageError(
      `${file}: its trace was left out because of its length; ` +
        (study === undefined ? "replay the log it came from" : `'tandem lab run ${study.id}'`),
    );
}

/**
 * Returns the algorithms that a person typed: by a label of the study (`random(2)`), by name (`peak-ewma`), or with
 * parameters (`random:draws=3,failureMs=0`). Throws a UsageError for an unknown one.
 */
export function findCandidates(study: Study, typed: readonly string[]): readonly Candidate[] {
  const known = [...study.candidates, ...Object.values(CANDIDATES)];
  return typed.map((text) => {
    const named = known.find(({ label }) => label.toLowerCase() === text.toLowerCase());
    return named ?? tuned(text, known);
  });
}

function tuned(text: string, known: readonly Candidate[]): Candidate {
  const [algorithm = "", tuning] = text.split(/:(.*)/s);
  if (!ALGORITHMS.includes(algorithm)) {
    const names = [...new Set([...known.map(({ label }) => label), ...ALGORITHMS])];
    throw new UsageError(
      `'${text}' is no algorithm${didYouMean(algorithm, names)}\nKnown: ${names.join(", ")}`,
    );
  }
  if (tuning === undefined) return { label: text, algorithm };
  const parameters: Parameters = Object.fromEntries(
    tuning.split(",").map((pair) => {
      const [key, value] = pair.split("=");
      if (key === undefined || key === "" || value === undefined)
        throw new UsageError(`'${text}': expected ${algorithm}:key=value,key=value`);
      return [key, literal(value)];
    }),
  );
  return { label: text, algorithm, parameters };
}

function literal(text: string): unknown {
  const number = Number(text);
  if (text !== "" && Number.isFinite(number)) return number;
  return text === "true" ? true : text === "false" ? false : text;
}
