// Peak EWMA: of two random servers the one with the lower expected latency × queue (Finagle's p2c with
// PeakEwma; Linkerd's default). It reacts to a slow server within one answer.
import { PowerOfChoices } from "./choose/power-of-choices.ts";
import { PeakEwma } from "./load/peak-ewma.ts";
import type { PeakEwmaParameters } from "./parameters.ts";
import type { PickerEnvironment, PickServer } from "./picker.ts";

export class PeakEwmaOfChoices<S extends PickServer> extends PowerOfChoices<S> {
  constructor(environment: PickerEnvironment, parameters: PeakEwmaParameters) {
    super(environment, new PeakEwma(environment.now, parameters), parameters.draws);
  }
}
