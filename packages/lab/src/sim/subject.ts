// The type of everything that can be simulated: an algorithm of the balancer or a yardstick (an algorithm for
// comparison).
import type { Options, Picker, PickerEnvironment, Words } from "@tandem/balancer/pickers";
import type { View } from "./view.ts";

/** The parameters of an algorithm that a study sets. The other parameters keep the balancer's defaults. */
export type Parameters = Readonly<Record<string, unknown>>;

export interface Subject extends Words {
  readonly options: Options;
  readonly open: (environment: PickerEnvironment, parameters: Parameters) => Picker<View>;
}
