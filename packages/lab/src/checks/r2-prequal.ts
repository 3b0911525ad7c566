// R2 and R8: where Prequal is best, and where it is not. Prequal is best on servers that share their machines with
// other programs and are loaded beyond their allocation. Prequal is not best on a few equal servers, because there an
// up-to-date count of the balancer's own requests is better information than any probe.
import { prequalScenario } from "../scenarios/s05-prequal.ts";
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import { estimate } from "../stats/estimate.ts";
import type { Check, Finding } from "./check.ts";
import { above, ascending, same, within } from "./finding.ts";

const DEADLINE_MS = 5_000;

export const prequalLoadRamp: Check = {
  id: "R2",
  title: "Prequal's load ramp: WRR meets its deadline near load 1, Prequal nowhere",
  source: "Wydrowski et al., Prequal (NSDI'24), §5.1",
  run: (full) => {
    const size = full ? 100 : 40;
    const at = (algorithm: string, load: number) =>
      simulate(prequalScenario(load, size), { algorithm, seed: 1 });
    const [below, near] = [at("client-side-wrr", 0.83), at("client-side-wrr", 1.03)];
    const levels = full ? [1.03, 1.27, 1.57, 1.74] : [1.03, 1.74];
    const prequal = levels.map((load): Finding => {
      const { timeout, failed, rejected } = at("prequal", load).counts;
      return same(`Prequal at ${load}: requests lost`, timeout + failed + rejected, 0);
    });
    return [
      within(
        "WRR at 0.83: p99.9, ms",
        below.experienced.p999,
        0,
        0.9 * DEADLINE_MS,
        "below the deadline",
      ),
      within(
        "WRR at 1.03: p99.9, ms",
        near.experienced.p999,
        0.99 * DEADLINE_MS,
        1.01 * DEADLINE_MS,
        DEADLINE_MS,
      ),
      ...prequal,
    ];
  },
};

export const prequalOnFew: Check = {
  id: "R8",
  title: "Honesty: Prequal does not win on four equal CPU-bound servers",
  source: "sathwick-p/prequal, scenario C1; computed for this laboratory",
  run: (full) => {
    const means = (algorithm: string) =>
      Array.from({ length: full ? 40 : 10 }, (_, seed) => {
        return simulate(FOUR_EQUAL, { algorithm, seed }).latency.mean;
      });
    const [prequal, choices, robin] = [means("prequal"), means("random"), means("round-robin")];
    const mean = (values: readonly number[]) => estimate(values).mean;
    const more = prequal.map((value, seed) => 100 * (value / (choices[seed] ?? Number.NaN) - 1));
    return [
      ascending("mean latency, ms", [
        ["two choices by own count", mean(choices)],
        ["prequal", mean(prequal)],
      ]),
      above("prequal's mean above that of two choices, paired by seed, %", estimate(more), 0),
      ascending("round robin, for comparison", [
        ["two choices by own count", mean(choices)],
        ["round robin", mean(robin)],
      ]),
    ];
  },
};

const FOUR_EQUAL: Scenario = {
  name: "four equal servers",
  warmupMs: 10_000,
  durationMs: 210_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 160 } },
  service: { kind: "exponential", mean: 20 },
  servers: [{ count: 4, discipline: "sharing" }],
  network: { probeRttMs: 1 },
};
