// Everything that can be simulated, by name: every algorithm of the balancer (the same files that serve traffic) and
// the yardsticks.
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
  // The parameters are plain data from outside. Each algorithm checks its own.
  ...Object.entries(SERVED),
  ...Object.entries(YARDSTICK_ROWS),
]);

/** Every name that can be run. */
export const ALGORITHMS: readonly string[] = [...subjects.keys()];

/** The yardsticks among them: no configuration can choose these. */
export const YARDSTICKS: readonly string[] = Object.keys(YARDSTICK_ROWS);

/** Undefined when no algorithm and no yardstick has that name. */
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
