// R1: Linkerd's experiment of 2016 with one slow server of eleven. The share of requests that fail
// with round robin can be computed: the slow server gets an eleventh of the requests and is too
// slow during half of the run, so 1/22 of all requests fail.
import { linkerd } from "../scenarios/s04-linkerd.ts";
import { simulate } from "../sim/simulation.ts";
import { estimate } from "../stats/estimate.ts";
import { ascending, type Check, within } from "./check.ts";

export const linkerdExperiment: Check = {
  id: "R1",
  title: "Beyond Round Robin: success within one second",
  source: "Buoyant, Beyond Round Robin: Load Balancing for Latency (2016)",
  run: (full) => {
    const [variant] = linkerd.variants(false);
    const success = (label: string) => {
      const candidate = linkerd.candidates.find((one) => one.label === label);
      if (variant === undefined || candidate === undefined) return Number.NaN;
      const seeds = Array.from({ length: full ? 20 : 5 }, (_, i) => i + 1);
      const shares = seeds.map((seed) => {
        return 100 * simulate(variant.scenario, { ...candidate, seed }).successShare;
      });
      return estimate(shares).mean;
    };
    const [roundRobin, least, ewma] = [
      success("round-robin"),
      success("least loaded"),
      success("peak EWMA"),
    ];
    const failing = 100 * (1 - 30 / 60 / 11);
    return [
      within(
        "round robin, % (exactly 1 − ½ · 1/11; the paper rounds to 95)",
        roundRobin,
        failing - 0.3,
        failing + 0.3,
        failing,
      ),
      within("least loaded, %", least, 98.7, 99.3, 99),
      within("peak EWMA, %", ewma, 99.6, 100, 99.9),
      ascending("order", [
        ["round robin", roundRobin],
        ["least loaded", least],
        ["peak EWMA", ewma],
      ]),
    ];
  },
};
