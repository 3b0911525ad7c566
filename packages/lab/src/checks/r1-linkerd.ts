// R1: Linkerd's experiment of 2016 with one slow server of eleven. The share of requests that fail
// with round robin can be computed: the slow server gets an eleventh of the requests and is too
// slow during half of the run, so about 1/22 of all requests fail.
import { linkerd } from "../scenarios/s04-linkerd.ts";
import { simulate } from "../sim/simulation.ts";
import { type Estimate, estimate } from "../stats/estimate.ts";
import type { Check } from "./check.ts";
import { agrees, ascending } from "./finding.ts";

/**
 * Returns the share of requests that succeed with round robin, in percent. A request succeeds when it comes so late in
 * the slow half minute that it ends in time at normal speed, and fails when it comes so shortly before that it is caught
 * in it. With the work s, the factor f and the limit L, (L − s) / (1 − 1/f) of the slow time are harmless, and
 * (f · s − L) / (f − 1) before it are not.
 */
function roundRobinShare(): number {
  const [work, factor, limit] = [167, 2000 / 167, 1000];
  const harmless = (limit - work) / (1 - 1 / factor);
  const caught = (factor * work - limit) / (factor - 1);
  return 100 * (1 - (30_000 - harmless + caught) / 60_000 / 11);
}

export const linkerdExperiment: Check = {
  id: "R1",
  title: "Beyond Round Robin: success within one second",
  source: "Buoyant, Beyond Round Robin: Load Balancing for Latency (2016)",
  run: (full) => {
    const [variant] = linkerd.variants(false);
    const success = (label: string): Estimate => {
      const candidate = linkerd.candidates.find((one) => one.label === label);
      const seeds = Array.from({ length: full ? 20 : 5 }, (_, i) => i + 1);
      const shares = seeds.map((seed) => {
        if (variant === undefined || candidate === undefined) return Number.NaN;
        return 100 * simulate(variant.scenario, { ...candidate, seed }).successShare;
      });
      return estimate(shares);
    };
    const [roundRobin, least, ewma] = [
      success("round-robin"),
      success("least loaded"),
      success("peak EWMA"),
    ];
    // The paper gives rounded figures: 99 means 98.5 to 99.5, and 99.9 means 99.85 to 99.95.
    return [
      agrees("round robin, % (the paper rounds to 95)", roundRobin, roundRobinShare(), {
        method: "the slow time, less what ends in it in time",
      }),
      agrees("least loaded, %", least, 99, { slack: 0.5, method: "the paper, rounded to 1 %" }),
      agrees("peak EWMA, %", ewma, 99.9, { slack: 0.05, method: "the paper, rounded to .1 %" }),
      ascending("order", [
        ["round robin", roundRobin.mean],
        ["least loaded", least.mean],
        ["peak EWMA", ewma.mean],
      ]),
    ];
  },
};
