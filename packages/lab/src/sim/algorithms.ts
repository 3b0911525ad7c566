// What can be put on trial: every algorithm of the balancer, the very files that serve traffic, and the
// laboratory's oracles, which know what no balancer can.
import { PICKERS } from "../../../balancer/src/picker/pickers.ts";
import type { Picker, PickerEnvironment } from "../../../balancer/src/picker/picker.ts";
import { ORACLES, type Truth } from "./oracles.ts";
import type { View } from "./view.ts";

/** What is tuned on an algorithm; what is left out keeps the balancer's default. */
export type Parameters = Readonly<Record<string, unknown>>;

type Build = (environment: PickerEnvironment, parameters: Parameters, truth: Truth) => Picker<View>;

const builders: Readonly<Record<string, Build>> = { ...(PICKERS as object), ...ORACLES };

export const ALGORITHMS: readonly string[] = Object.keys(builders);

export function buildPicker(
  algorithm: string,
  parameters: Parameters,
  environment: PickerEnvironment,
  truth: Truth,
): Picker<View> {
  const build = builders[algorithm];
  if (build === undefined)
    throw new RangeError(
      `unknown algorithm '${algorithm}'; expected one of ${ALGORITHMS.join(", ")}`,
    );
  return build(environment, parameters, truth);
}
