// Random with draws: HAProxy's `random(2)` (its default) and nginx's `random two least_conn`; with one draw,
// random by weight. Two choices make the longest queue double-logarithmic (Mitzenmacher 2001).
import { PowerOfChoices } from "./choose/power-of-choices.ts";
import { InFlight } from "./load/in-flight.ts";
import type { RandomParameters } from "./parameters.ts";
import type { PickerEnvironment, PickServer } from "./picker.ts";

export class Random<S extends PickServer> extends PowerOfChoices<S> {
  constructor(environment: PickerEnvironment, { draws, failureMs }: RandomParameters) {
    super(environment, new InFlight(environment.now, failureMs), draws);
  }
}
