// Reads a study from a JSON file: a scenario of one's own, or what `--out` saved beside its figures. A file in which
// anything is wrong is refused with every fault, its place, and what is expected.
import { readFileSync } from "node:fs";
import {
  type ConfigProblem,
  docsAt,
  type Finding,
  formatPath,
  formatProblems,
  valueAt,
} from "@tandem/config/findings";
import { colored } from "@tandem/telemetry/colors";
import { STUDIES } from "../scenarios/scenarios.ts";
import {
  CANDIDATES,
  type Candidate,
  METRICS,
  type Study,
  type Variant,
} from "../scenarios/study.ts";
import { readCandidate } from "../schema/candidate-text.ts";
import { type CheckOptions, candidateFindings, scenarioFindings } from "../schema/check.ts";
import { check } from "../schema/findings.ts";
import { parameterFindings } from "../schema/parameters.ts";
import { contradictionsBeside } from "../schema/rules.ts";
import { scenarioFile, schemaOfFile, studyFile } from "../schema/study-file.ts";
import { subjectOf } from "../sim/algorithms.ts";
import type { Scenario } from "../sim/scenario.ts";
import { hasDeadline } from "../sim/unanswered.ts";
import { type JsonText, parseJson, placeIn } from "./json-text.ts";
import { UsageError } from "./terminal.ts";

/** Returns the page that describes such a file, and the section about its top level. */
const pageOf = (data: unknown) => ({
  page: "docs/lab/scenarios.md",
  top: schemaOfFile(data) === studyFile ? "study" : "scenario",
});

/** Reads the file. Throws a UsageError that names everything that is wrong. */
export function readStudy(file: string, options: CheckOptions): Study {
  const text = read(file);
  const { data, fault } = parseJson(text);
  if (data === null && fault === undefined) throw refusal([problem(file, text, data, NULL)]);
  if (fault !== undefined) throw refusal([problem(file, text, data, fault)]);
  const content = understood(data, options);
  if (content.findings.length > 0) {
    const problems = content.findings.map((finding) => problem(file, text, data, finding));
    throw refusal(problems.toSorted((a, b) => a.line - b.line || a.column - b.column));
  }
  return studyOf(content, valueAt(data, ["study"]), file);
}

/** In YAML an empty file is null, so the schema's own message would call the file empty. */
const NULL: Finding = { path: [], side: "value", message: "found null, expected a scenario" };

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new UsageError(
        `${file}: ENOENT: there is no such file, expected one with a scenario; 'tandem lab list' shows the built-in scenarios`,
      );
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Content {
  readonly findings: readonly Finding[];
  readonly variants: readonly Variant[];
  readonly candidates?: readonly Candidate[];
  readonly words?: Partial<Pick<Study, "title" | "question" | "source" | "axis">>;
}

const wrong = (findings: readonly Finding[]): Content => ({ findings, variants: [] });

/** Returns what the file says. `findings` is empty if, and only if, it can be run. */
function understood(data: unknown, options: CheckOptions): Content {
  if (schemaOfFile(data) === scenarioFile) {
    const id = valueAt(data, ["study"]);
    if (typeof id === "string") {
      const message = `a saved figure of ${id} without 'variants' has no scenario to run; 'tandem lab run ${id}'`;
      return wrong([{ path: ["study"], side: "value", message }]);
    }
    const { data: content, findings } = check(scenarioFile, data);
    if (content === undefined) return wrong(withContradictions(findings, data, []));
    const { $schema: _, ...scenario } = content;
    const variants = [{ label: "as given", scenario }];
    return { findings: scenarioFindings(scenario, options), variants };
  }
  const { data: content, findings } = check(studyFile, data);
  if (content === undefined) {
    const variants = valueAt(data, ["variants"]);
    const count = Array.isArray(variants) ? variants.length : 0;
    const paths = Array.from({ length: count }, (_, at) => ["variants", at, "scenario"]);
    return wrong(withContradictions(findings, data, ...paths));
  }
  const read = content.candidates?.map((one, at) => candidateOf(one, ["candidates", at]));
  const variants = content.variants.map(({ theory, ...variant }): Variant => {
    const known = Object.entries(theory ?? {}).map(([label, value]) => [
      label,
      value ?? Number.NaN,
    ]);
    return { ...variant, ...(theory && { theory: Object.fromEntries(known) }) };
  });
  const candidates = read?.map(({ candidate }) => candidate);
  const { title, question, source, axis } = content;
  return {
    findings: [
      ...(read ?? []).flatMap((one) => one.findings),
      ...variants.flatMap((variant, at) =>
        variantFindings(variant, candidates, ["variants", at], options),
      ),
    ],
    variants,
    ...(candidates && { candidates }),
    words: {
      ...(title !== undefined && { title }),
      ...(question !== undefined && { question }),
      ...(source !== undefined && { source }),
      ...(axis !== undefined && { axis }),
    },
  };
}

/** Adds the contradictions in the scenarios at these paths, as far as what they say is right. */
function withContradictions(
  findings: readonly Finding[],
  data: unknown,
  ...scenarios: readonly Finding["path"][]
): readonly Finding[] {
  const beside = scenarios.flatMap((path) => {
    const isAbove = (one: Finding) => one.path.every((step, at) => path[at] === step);
    const isBelow = (one: Finding) => path.every((step, at) => one.path[at] === step);
    if (findings.some((one) => one.path.length < path.length && isAbove(one))) return [];
    const own = findings
      .filter(isBelow)
      .map((one) => ({ ...one, path: one.path.slice(path.length) }));
    return contradictionsBeside(valueAt(data, path), own).map((one) => ({
      ...one,
      path: [...path, ...one.path],
    }));
  });
  return [...findings.map((one) => leftOut(one, data)), ...beside];
}

function candidateOf(
  written: string | { label?: string; algorithm: string; parameters?: Candidate["parameters"] },
  path: Finding["path"],
): { readonly candidate: Candidate; readonly findings: readonly Finding[] } {
  if (typeof written === "string") {
    const { algorithm, parameters, faults } = readCandidate(written);
    const candidate = { label: written, algorithm, parameters };
    return { candidate, findings: faults.map((fault) => ({ ...fault, side: "value", path })) };
  }
  const { algorithm, parameters } = written;
  const label = written.label ?? labelOf(algorithm, parameters);
  const candidate = { label, algorithm, ...(parameters && { parameters }) };
  const unknown = readCandidate(algorithm).faults;
  if (unknown.length > 0)
    return {
      candidate,
      findings: unknown.map((one) => ({ ...one, path: [...path, "algorithm"] })),
    };
  const findings = parameterFindings(algorithm, parameters ?? {});
  const at = (one: Finding) => ({ ...one, path: [...path, "parameters", ...one.path] });
  return { candidate, findings: findings.map(at) };
}

const labelOf = (algorithm: string, parameters: object = {}): string =>
  Object.keys(parameters).length === 0 ? algorithm : `${algorithm} ${JSON.stringify(parameters)}`;

function variantFindings(
  { scenario, only = [] }: Variant,
  candidates: readonly Candidate[] | undefined,
  path: Finding["path"],
  options: CheckOptions,
): readonly Finding[] {
  const wrong = scenarioFindings(scenario, options).map((finding) => ({
    ...finding,
    path: [...path, "scenario", ...finding.path],
  }));
  if (wrong.length > 0 || candidates === undefined) return wrong;
  const labels = candidates.map(({ label }) => label);
  const unknown = only.flatMap((label, at): readonly Finding[] =>
    labels.includes(label)
      ? []
      : [
          {
            path: [...path, "only", at],
            side: "value",
            message: `no candidate has the label '${label}'`,
            allowed: labels,
          },
        ],
  );
  const running = candidates.filter(({ label }) => only.length === 0 || only.includes(label));
  return [...unknown, ...running.flatMap((one) => unfit(one, scenario, path))];
}

/** Returns what an algorithm needs and the scenario does not have. */
function unfit(
  { algorithm }: Candidate,
  scenario: Scenario,
  path: Finding["path"],
): readonly Finding[] {
  if (subjectOf(algorithm) === undefined) return [];
  return candidateFindings({ algorithm }, scenario).map((finding) => ({
    ...finding,
    path: [...path, "scenario", ...finding.path],
  }));
}

/** A long list that `--out` left out of a saved scenario cannot be run again. */
function leftOut(finding: Finding, data: unknown): Finding {
  const omitted = valueAt(valueAt(data, finding.path), ["omitted"]);
  if (typeof omitted !== "number") return finding;
  const id = valueAt(data, ["study"]);
  const again = STUDIES.some((study) => study.id === id)
    ? `'tandem lab run ${String(id)}'`
    : "replay the log it came from";
  const message = `a list of ${omitted} values was left out of this file because of its length; ${again}`;
  return { path: finding.path, side: "value", message };
}

function studyOf({ variants, candidates, words }: Content, id: unknown, file: string): Study {
  const known = STUDIES.find((study) => study.id === id);
  const { roundRobin, random2, leastConn, peakEwma } = CANDIDATES;
  const name = variants[0]?.scenario.name ?? file;
  const base: Study = known ?? {
    id: "own",
    name,
    title: name,
    question: "How do the algorithms do in this scenario?",
    candidates: [roundRobin, random2, leastConn, peakEwma],
    metrics: metricsOf(variants),
    variants: () => [],
  };
  return { ...base, ...words, ...(candidates && { candidates }), variants: () => variants };
}

/** With deadlines the latencies include timeouts, so that an algorithm does not gain by the requests that it loses. */
function metricsOf(variants: readonly Variant[]): Study["metrics"] {
  const { p99, mean, waited99, waitedMean, errors, imbalance } = METRICS;
  return variants.some(({ scenario }) => hasDeadline(scenario.client))
    ? [waited99, waitedMean, errors, imbalance]
    : [p99, mean, errors, imbalance];
}

type Found = Pick<Finding, "message"> &
  Partial<Finding & Pick<NonNullable<JsonText["fault"]>, "place">>;

function problem(file: string, text: string, data: unknown, found: Found): ConfigProblem {
  const { path = [], side = "value", message, suggestion, allowed, place } = found;
  return {
    file,
    ...(place ?? placeIn(text, { path, side, message })),
    path: formatPath(path),
    message,
    ...(suggestion !== undefined && { suggestion }),
    ...(allowed !== undefined && allowed.length > 0 && { allowed }),
    docs: docsAt(schemaOfFile(data), path, pageOf(data), data),
  };
}

const refusal = (problems: readonly ConfigProblem[]): UsageError =>
  new UsageError(formatProblems(problems, { color: colored(process.stderr) }));
