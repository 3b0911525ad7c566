// What can be put on trial.
import type { Options, Picker, PickerEnvironment, Words } from "@tandem/balancer/pickers";
import type { View } from "./view.ts";

/** What is tuned on an algorithm; what is left out keeps the balancer's default. */
export type Parameters = Readonly<Record<string, unknown>>;

export interface Subject extends Words {
  readonly options: Options;
  readonly open: (environment: PickerEnvironment, parameters: Parameters) => Picker<View>;
}
