// Saves figures. A figure is three files: the picture, its numbers, and the scenario with seeds and revision, which
// `tandem lab run FILE.json` can run again. The figures of one run share the scenario file.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { csvOf, type Figure, svgOf } from "../figures/figure.ts";
import { churn } from "../scenarios/scenarios.ts";
import type { Provenance } from "./provenance.ts";
import { type NamedFile, saveAll } from "./save.ts";
import type { StudyRun } from "./study-run.ts";

/**
 * In the saved scenario file, a list of numbers (a trace) that is longer than this is replaced by its length and hash.
 */
const LONGEST_LIST = 1_000;

/** Saves the figures of a run. Returns the paths of the written files. */
export function saveRun(
  folder: string,
  { study, candidates, variants, seeds }: StudyRun,
  figures: readonly Figure[],
  origin: Provenance,
): readonly string[] {
  const { id, title, question, source } = study;
  const content = {
    study: id,
    title,
    question,
    ...(source && { source }),
    ...origin,
    seeds,
    candidates,
    variants: variants.map(({ label, x, theory, scenario }) => ({
      label,
      ...(x !== undefined && { x }),
      ...(theory && { theory }),
      scenario,
    })),
  };
  return save(folder, id, figures, content);
}

export function saveChurn(
  folder: string,
  figures: readonly Figure[],
  full: boolean,
  origin: Provenance,
): readonly string[] {
  const { id, title, question, source } = churn;
  return save(folder, id, figures, { study: id, title, question, source, ...origin, full });
}

function save(
  folder: string,
  id: string,
  figures: readonly Figure[],
  content: unknown,
): readonly string[] {
  const path = (name: string) => join(folder, name);
  const files: NamedFile[] = figures.flatMap((figure) => [
    { path: path(`${figure.name}.svg`), text: svgOf(figure) },
    { path: path(`${figure.name}.csv`), text: csvOf(figure) },
  ]);
  files.push({
    path: path(`${id.toLowerCase()}.json`),
    text: `${JSON.stringify(content, shortenLists, 2)}\n`,
  });
  saveAll(files);
  return files.map((file) => file.path);
}

/** Replaces long lists, for `JSON.stringify`. */
export function shortenLists(_key: string, value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= LONGEST_LIST) return value;
  const sha256 = createHash("sha256").update(JSON.stringify(value)).digest("hex");
  return { omitted: value.length, sha256 };
}
