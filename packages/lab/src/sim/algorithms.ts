// Everything that can be simulated, by name: every algorithm of the balancer (in the same files that serve traffic),
// and the yardsticks, which are algorithms for comparison.
import {
  type Picker,
  type PickerEnvironment,
  ALGORITHMS as SERVED,
} from "@tandem/balancer/pickers";
import type { Parameters, Subject } from "./subject.ts";
import { tuned } from "./tuned.ts";
import type { View } from "./view.ts";
import { YARDSTICK_ROWS } from "./yardsticks.ts";

export type { Parameters } from "./subject.ts";

const subjects = new Map<string, Subject>([
  // The parameters are plain data from outside. The schema has checked them before a picker is made.
  ...Object.entries(SERVED),
  ...Object.entries(YARDSTICK_ROWS),
]);

const names = [...subjects.keys()];

/** The name of every algorithm and yardstick, and of every file that was added. */
export const ALGORITHMS: readonly string[] = names;

/** The names of the yardsticks. No configuration can choose a yardstick. */
export const YARDSTICKS: readonly string[] = Object.keys(YARDSTICK_ROWS);

/** Returns the algorithm or yardstick of that name; undefined when there is none. */
export function subjectOf(algorithm: string): Subject | undefined {
  return subjects.get(algorithm);
}

/**
 * Adds an algorithm that is not part of Tandem. Simulations find it by its name from then on. Does nothing when there
 * is an algorithm of that name.
 */
export function addSubject(name: string, subject: Subject): void {
  if (subjects.has(name)) return;
  subjects.set(name, subject);
  names.push(name);
}

/** Makes the picker of an algorithm. `parameters` are the keys that it has below `balance` in tandem.yaml. */
export function buildPicker(
  algorithm: string,
  parameters: Parameters,
  environment: PickerEnvironment,
): Picker<View> {
  const subject = subjectOf(algorithm);
  if (subject === undefined)
    throw new RangeError(
      `unknown algorithm '${algorithm}'; expected one of ${ALGORITHMS.join(", ")}`,
    );
  return subject.open(environment, tuned(subject.options, parameters));
}
