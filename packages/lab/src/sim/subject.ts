// The type of everything that can be simulated: an algorithm of the balancer or a yardstick (an algorithm for
// comparison).
import type { Options, Picker, PickerEnvironment, Words } from "@tandem/balancer/pickers";
import type { View } from "./view.ts";

/**
 * The parameters of an algorithm that a study sets: the keys that the algorithm has below `balance` in tandem.yaml, in
 * the same spelling (`{ decay: "5s", hash: { method: "ring" } }`). The other parameters keep the balancer's defaults.
 */
export type Parameters = Readonly<Record<string, unknown>>;

export interface Subject extends Words {
  readonly options: Options;
  /** Makes the picker. The parameters have the picker's own names, as `tuned` returns them. */
  readonly open: (environment: PickerEnvironment, parameters: Parameters) => Picker<View>;
}
