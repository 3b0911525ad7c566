// Peak EWMA (peak-sensitive exponentially weighted moving average): picks, of two random servers,
// the one with the lower value of expected latency × requests in flight (Finagle's p2c with
// PeakEwma; Linkerd's default). One slow answer is enough to raise the expected latency of a
// server.
import { PowerOfChoices } from "./choose/power-of-choices.ts";
import { draws, failurePenalty, measure } from "./common-options.ts";
import { defineAlgorithm, PLAIN } from "./define.ts";
import { PeakEwma, type PeakEwmaParameters } from "./load/peak-ewma.ts";
import { DURATION, tuning } from "./options.ts";
import type { PickerEnvironment, PickServer } from "./picker.ts";

interface Parameters extends PeakEwmaParameters {
  /**
   * How many distinct servers are drawn by weight; the least loaded of them is picked. 0 = all
   * servers are compared.
   */
  readonly draws: number;
}

class PeakEwmaOfChoices<S extends PickServer> extends PowerOfChoices<S> {
  constructor(environment: PickerEnvironment, parameters: Parameters) {
    super(environment, new PeakEwma(environment.now, parameters), parameters.draws);
  }
}

export const peakEwma = defineAlgorithm({
  title: "Peak EWMA",
  idea: "Of two servers the one with the lower latency × queue; a slow answer counts at once, fast ones bring the average down slowly.",
  paper: "Twitter Finagle; Buoyant, Beyond round robin (2016)",
  href: "https://linkerd.io/2016/03/16/beyond-round-robin-load-balancing-for-latency/",
  traits: PLAIN,
  options: {
    draws: draws(2),
    decay: tuning("decayMs", DURATION, {
      default: 10_000,
      meaning: "time constant of the average",
      field: { label: "Forgets in, ms", range: [100, 60_000, 100] },
    }),
    initial: tuning("initialMs", DURATION, {
      default: 30,
      meaning: "the latency assumed for a server that has not answered yet",
    }),
    measure,
    failurePenalty,
  },
  picker: PeakEwmaOfChoices,
});
