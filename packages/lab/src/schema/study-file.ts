// The schema of a file that `tandem lab run` reads: a scenario, or variants of scenarios with the algorithms to run. The
// second is also what `--out` saves beside its figures, with the origin of the figures.
import * as z from "zod/mini";
import { scenario } from "./scenario.ts";
import { count, list, mapping, number, optional, required, text } from "./values.ts";

const anything = () => z.record(z.string(), z.unknown());

const candidate = mapping("candidate", "an algorithm with its parameters", {
  label: optional(text(), "its name in tables; the algorithm and its parameters by default"),
  algorithm: required(text(), "the algorithm or yardstick, as `tandem lab list` names it"),
  parameters: optional(
    anything(),
    'the keys that the algorithm has below `balance` in tandem.yaml: `{ "decay": "5s" }`',
  ),
});

const variant = mapping("variant", "a scenario among several", {
  label: required(text(), "its name in tables and charts, and what `--variants` looks for"),
  x: optional(number(-1e15, 1e15), "where it stands on a chart's axis, such as its load"),
  scenario: required(scenario, "the scenario"),
  only: optional(list(text()), "the labels of the algorithms that run in it; all by default"),
  theory: optional(
    z.record(z.string(), z.nullable(z.number("expected a number"))),
    "the value that theory gives for the first metric, by the label of the algorithm",
  ),
});

const schemaKey = optional(text(), "where an editor finds the JSON Schema of this file");

/** A file with one scenario. */
export const scenarioFile = z.extend(scenario, { $schema: schemaKey });
z.globalRegistry.add(scenarioFile, {
  title: "scenario",
  description: "everything about a run except the algorithm and the seed",
});

/** A file with variants. */
export const studyFile = mapping(
  "study",
  "scenarios to compare, and the algorithms that run in them",
  {
    $schema: schemaKey,
    title: optional(text(), "the heading of the tables; the first scenario's name by default"),
    question: optional(text(), "what is to be found out"),
    source: optional(text(), "the paper or experiment it follows"),
    axis: optional(
      text(),
      "what the `x` of the variants is, such as `load`; with it they are drawn as curves",
    ),
    candidates: optional(
      list(z.union([text(), candidate], "expected text or a mapping")),
      'the algorithms: texts as after `--algorithms` (`"random:draws=3"`), or mappings; four usual ones by default',
    ),
    variants: required(list(variant), "the scenarios, in the order of the tables"),
    study: optional(text(), "of a saved figure: the number of the scenario that it was made from"),
    seeds: optional(
      list(count(0, Number.MAX_SAFE_INTEGER)),
      "of a saved figure: its seeds; `--seeds` says which ones are run",
    ),
    revision: optional(text(), "of a saved figure: the revision of the code"),
    node: optional(text(), "of a saved figure: the version of Node"),
    machine: optional(text(), "of a saved figure: the machine"),
  },
);

/** Returns the schema that a file is meant to follow: that of a study if it has variants. */
export function schemaOfFile(content: unknown): typeof scenarioFile | typeof studyFile {
  const study = typeof content === "object" && content !== null && "variants" in content;
  return study ? studyFile : scenarioFile;
}
