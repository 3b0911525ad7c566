// What can be put on trial: every algorithm of the balancer, the very files that serve traffic, and
// yardsticks that no configuration offers.
import {
  leastReported,
  ORACLES,
  PICKERS,
  type Picker,
  type PickerEnvironment,
} from "@tandem/balancer/pickers";
import { LowestIndex } from "./lowest-index.ts";
import type { View } from "./view.ts";

/** What is tuned on an algorithm; what is left out keeps the balancer's default. */
export type Parameters = Readonly<Record<string, unknown>>;

type Build = (environment: PickerEnvironment, parameters: Parameters) => Picker<View>;

const builders: Readonly<Record<string, Build>> = {
  // The parameters come from outside as plain data; each algorithm checks its own.
  ...(PICKERS as object),
  ...ORACLES,
  "least-reported": (environment, { draws }) => leastReported(environment, Number(draws ?? 0)),
  "least-conn-by-index": () => new LowestIndex(),
};

/** Every name that can be run. */
export const ALGORITHMS: readonly string[] = Object.keys(builders);

/** Names of the yardsticks among them: they know or do what no configured algorithm does. */
export const YARDSTICKS: readonly string[] = [
  ...Object.keys(ORACLES),
  "least-reported",
  "least-conn-by-index",
];

export function buildPicker(
  algorithm: string,
  parameters: Parameters,
  environment: PickerEnvironment,
): Picker<View> {
  const build = builders[algorithm];
  if (build === undefined)
    throw new RangeError(
      `unknown algorithm '${algorithm}'; expected one of ${ALGORITHMS.join(", ")}`,
    );
  return build(environment, parameters);
}
