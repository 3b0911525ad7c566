// The points of a sweep: every combination of the values of its axes, each with its scenario and its algorithms.
import type { Finding } from "@tandem/config/findings";
import type { Candidate } from "../scenarios/study.ts";
import { type CheckOptions, candidateFindings, scenarioFindings } from "../schema/check.ts";
import { didYouMean } from "../schema/did-you-mean.ts";
import { inOneLine } from "../schema/in-one-line.ts";
import type { Scenario } from "../sim/scenario.ts";
import { applied, SHORT_NAMES } from "./apply.ts";
import { type Axis, AxisError, type AxisValue } from "./axis.ts";

/** An algorithm at a point. Where a parameter of it is swept, `series` is its label without that parameter. */
export interface Entry {
  readonly series: string;
  readonly candidate: Candidate;
}

export interface Point {
  /** The value of each axis, in their order. */
  readonly values: readonly AxisValue[];
  readonly label: string;
  readonly scenario: Scenario;
  readonly entries: readonly Entry[];
}

const MOST_POINTS = 10_000;

/** Makes the points; the last axis changes fastest. Throws an AxisError that names the first value that is wrong. */
export function gridOf(
  scenario: Scenario,
  candidates: readonly Candidate[],
  axes: readonly Axis[],
  options: CheckOptions,
): readonly Point[] {
  refuseUnfit(candidates, axes);
  let combinations: readonly (readonly AxisValue[])[] = [[]];
  for (const { values } of axes)
    combinations = combinations.flatMap((one) => values.map((value) => [...one, value]));
  return combinations.map((values) => {
    const label = axes.map(({ name }, i) => `${name} ${values[i]}`).join(", ");
    const made = applied(scenario, axes, values);
    const [wrong] = scenarioFindings(made, options);
    if (wrong !== undefined)
      throw new AxisError(`--sweep: at ${label}: ${inOneLine(wrong)}${meant(wrong, axes)}`);
    const entries = candidates.map((one) => entryOf(one, axes, values));
    for (const { candidate } of entries) {
      const [lack] = candidateFindings(candidate, made);
      if (lack !== undefined)
        throw new AxisError(`--sweep: at ${label}: ${candidate.label}: ${inOneLine(lack)}`);
    }
    return { values, label, scenario: made, entries };
  });
}

/** A short name is no key of the scenario, so the schema cannot suggest it. */
function meant({ path, side, suggestion }: Finding, axes: readonly Axis[]): string {
  const [key] = path;
  if (side !== "key" || suggestion !== undefined || path.length !== 1) return "";
  if (!axes.some(({ name }) => name === key)) return "";
  const names = Object.keys(SHORT_NAMES);
  const near = didYouMean(String(key), names);
  return near === ""
    ? `; expected ${names.join(", ")}, or the path of a key of the scenario`
    : near;
}

function refuseUnfit(candidates: readonly Candidate[], axes: readonly Axis[]): void {
  const twice = axes.find(({ name }, i) => axes.findIndex((one) => one.name === name) < i);
  if (twice !== undefined) throw new AxisError(`--sweep ${twice.name}: is there twice`);
  if (axes.some(({ name }) => name === "rate") && axes.some(({ name }) => name === "load"))
    throw new AxisError("--sweep load and rate: both say how many requests come, expected one");
  const points = axes.reduce((product, { values }) => product * values.length, 1);
  if (points > MOST_POINTS)
    throw new AxisError(
      `--sweep: ${points.toLocaleString("en-US")} points, expected at most 10,000; larger steps make fewer`,
    );
  for (const { name, algorithm } of axes)
    if (algorithm !== undefined && candidates.every((one) => one.algorithm !== algorithm))
      throw new AxisError(
        `--sweep ${name}: none of the algorithms is '${algorithm}'; --algorithms takes it, there are ${candidates
          .map(({ label }) => label)
          .join(", ")}`,
      );
}

function entryOf(candidate: Candidate, axes: readonly Axis[], values: readonly AxisValue[]): Entry {
  let parameters: Record<string, unknown> = { ...candidate.parameters };
  const words: string[] = [];
  for (const [i, { algorithm, key }] of axes.entries()) {
    if (algorithm !== candidate.algorithm) continue;
    parameters = withParameter(parameters, key, values[i]);
    words.push(`${key.join(".")}=${values[i]}`);
  }
  if (words.length === 0) return { series: candidate.label, candidate };
  const label = `${candidate.label}${candidate.label.includes(":") ? "," : ":"}${words.join(",")}`;
  return { series: candidate.label, candidate: { ...candidate, label, parameters } };
}

function withParameter(
  within: Readonly<Record<string, unknown>>,
  [key = "", ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (rest.length === 0) return { ...within, [key]: value };
  return { ...within, [key]: withParameter({ ...Object(within[key]) }, rest, value) };
}
