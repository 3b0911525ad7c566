// The type of what can be simulated: an algorithm of the balancer or a yardstick.
import type { Options, Picker, PickerEnvironment, Words } from "@tandem/balancer/pickers";
import type { View } from "./view.ts";

/** The parameters of an algorithm that a study sets. The others keep the balancer's defaults. */
export type Parameters = Readonly<Record<string, unknown>>;

export interface Subject extends Words {
  readonly options: Options;
  readonly open: (environment: PickerEnvironment, parameters: Parameters) => Picker<View>;
}
