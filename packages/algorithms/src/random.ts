// Draws some servers at random, by weight, and picks the least loaded of them, like HAProxy's
// `random` (2 draws by default) and nginx's `random two least_conn`. With one draw, the choice is
// random by weight. With two, the longest queue grows only double-logarithmically with the number
// of servers (Mitzenmacher 2001).
import { PowerOfChoices } from "./choose/power-of-choices.ts";
import { draws, type FailureParameters, failurePenalty } from "./common-options.ts";
import { defineAlgorithm, PLAIN } from "./define.ts";
import { InFlight } from "./load/in-flight.ts";
import type { PickerEnvironment, PickServer } from "./picker.ts";

export interface RandomParameters extends FailureParameters {
  /**
   * How many distinct servers are drawn by weight; the least loaded of them is picked. 1 = plain random, 0 = look at
   * all servers.
   */
  readonly draws: number;
}

export class Random<S extends PickServer> extends PowerOfChoices<S> {
  constructor(environment: PickerEnvironment, { draws, failureMs }: RandomParameters) {
    super(environment, new InFlight(environment.now, failureMs), draws);
  }
}

export const random = defineAlgorithm({
  title: "Random, the best of two",
  idea: "Draws two servers and takes the less loaded: nearly as good as looking at all, and balancers do not all rush to one server.",
  paper: "Mitzenmacher, The power of two choices in randomized load balancing (2001)",
  href: "https://doi.org/10.1109/71.963420",
  traits: PLAIN,
  options: { draws: draws(2), failurePenalty },
  picker: Random,
});
