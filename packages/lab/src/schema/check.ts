// Checks a scenario and an algorithm, for the command, the page and the library alike.
import { algorithmOf } from "@tandem/balancer/pickers";
import type { Finding } from "@tandem/config/findings";
import { ALGORITHMS, type Parameters, subjectOf } from "../sim/algorithms.ts";
import type { Scenario } from "../sim/scenario.ts";
import { check } from "./findings.ts";
import { inOneLine } from "./in-one-line.ts";
import { parameterFindings } from "./parameters.ts";
import { contradictions, contradictionsBeside } from "./rules.ts";
import { scenario as schema } from "./scenario.ts";
import { excesses } from "./work.ts";

export interface CheckOptions {
  /** Whether a scenario may be so large that it takes very long or much memory. Default false. */
  readonly anySize?: boolean;
}

/** A message tells so many findings; `findings` has all. */
const MOST_TOLD = 5;

/** Thrown for a scenario, an algorithm or parameters that the laboratory refuses. `message` tells the first findings. */
export class ScenarioError extends RangeError {
  override readonly name = "ScenarioError";
  readonly findings: readonly Finding[];

  /** `subject` says what is refused, such as "the scenario". */
  constructor(subject: string, findings: readonly Finding[]) {
    const told = findings.slice(0, MOST_TOLD).map(inOneLine);
    const more = findings.length - told.length;
    super(`${subject} is refused: ${told.join("; ")}${more > 0 ? `; and ${more} more` : ""}`);
    this.findings = findings;
  }
}

/** Returns everything that is wrong with a scenario; an empty list for one that can run. */
export function scenarioFindings(
  data: unknown,
  { anySize = false }: CheckOptions = {},
): readonly Finding[] {
  const { data: scenario, findings } = check(schema, data);
  if (scenario === undefined) return [...findings, ...contradictionsBeside(data, findings)];
  const wrong = contradictions(scenario);
  return anySize || wrong.length > 0 ? wrong : excesses(scenario);
}

/**
 * Returns what is wrong with an algorithm and its parameters in a scenario that is right. `parameters` are the keys
 * below `balance` in tandem.yaml.
 */
export function candidateFindings(
  { algorithm, parameters = {} }: { readonly algorithm: string; readonly parameters?: Parameters },
  scenario: Scenario,
): readonly Finding[] {
  const subject = subjectOf(algorithm);
  if (subject === undefined) {
    const message = `found '${algorithm}', expected one of ${ALGORITHMS.join(", ")}`;
    return [{ path: ["algorithm"], side: "value", message }];
  }
  return [
    ...parameterFindings(algorithm, parameters).map((finding) => ({
      ...finding,
      path: ["parameters", ...finding.path],
    })),
    ...missingFor(algorithm, parameters, scenario),
  ];
}

/**
 * Returns what the algorithm needs and the scenario does not have. Without it the algorithm would quietly do something
 * else: an algorithm that hashes goes round robin without keys.
 */
function missingFor(
  algorithm: string,
  parameters: Parameters,
  { keys, reports }: Scenario,
): readonly Finding[] {
  const { traits, options = {} } = algorithmOf(algorithm) ?? {};
  const needs = (what: string, why: string, example: string): readonly Finding[] => [
    {
      path: [what],
      side: "key",
      message: `missing, and '${algorithm}' ${why}`,
      suggestion: example,
    },
  ];
  if (traits?.key !== undefined && keys === undefined)
    return needs(
      "keys",
      "sends requests with the same key to the same server",
      '"keys": { "count": 10000, "zipf": 0.9 }',
    );
  const reported = reports?.inAnswers || reports?.everyMs !== undefined || reports?.whenIdle;
  // Join-idle-queue also learns from the ends of its own requests, unless it is told not to.
  const learns = "joinOnEnd" in options && parameters.joinOnEnd !== false;
  if (traits?.reports === true && !traits.probes && !learns && !reported)
    return needs("reports", "learns from load reports", '"reports": { "inAnswers": true }');
  return [];
}

const sound = new WeakMap<Scenario, "any size" | "usual size">();

/**
 * Throws a ScenarioError when the scenario, the algorithm or the parameters are refused. A scenario object that was
 * found right is not checked again, because a study runs each one many times.
 */
export function refuseUnsound(
  scenario: Scenario,
  choice: { readonly algorithm: string; readonly parameters?: Parameters },
  { anySize = false }: CheckOptions = {},
): void {
  const known = sound.get(scenario);
  if (known !== "usual size" && !(anySize && known !== undefined)) {
    const findings = scenarioFindings(scenario, { anySize });
    if (findings.length > 0) throw new ScenarioError("the scenario", findings);
    sound.set(scenario, anySize ? "any size" : "usual size");
  }
  const findings = candidateFindings(choice, scenario);
  if (findings.length > 0)
    throw new ScenarioError(`'${choice.algorithm}' in this scenario`, findings);
}
