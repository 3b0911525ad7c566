// What can be put on trial, by name: every algorithm of the balancer, the very files that serve traffic, and the
// yardsticks.
import {
  type Picker,
  type PickerEnvironment,
  ALGORITHMS as SERVED,
} from "@tandem/balancer/pickers";
import type { Parameters, Subject } from "./subject.ts";
import type { View } from "./view.ts";
import { YARDSTICK_ROWS } from "./yardsticks.ts";

export type { Parameters } from "./subject.ts";

const subjects: ReadonlyMap<string, Subject> = new Map<string, Subject>([
  // The parameters come from outside as plain data; each algorithm checks its own.
  ...Object.entries(SERVED),
  ...Object.entries(YARDSTICK_ROWS),
]);

/** Every name that can be run. */
export const ALGORITHMS: readonly string[] = [...subjects.keys()];

/** Names of the yardsticks among them: they know or do what no configured algorithm does. */
export const YARDSTICKS: readonly string[] = Object.keys(YARDSTICK_ROWS);

/** Undefined when nothing has that name. */
export function subjectOf(algorithm: string): Subject | undefined {
  return subjects.get(algorithm);
}

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
  return subject.open(environment, parameters);
}
