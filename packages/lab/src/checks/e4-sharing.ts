// E4: under processor sharing the mean time in the system does not depend on the distribution of service: for every
// distribution E[T] = 1 / (1 − ρ).
import type { Distribution } from "../sim/distribution.ts";
import { compileDistribution } from "../sim/distribution.ts";
import { estimate } from "../stats/estimate.ts";
import type { Check } from "./check.ts";
import { agrees } from "./finding.ts";
import { replicate } from "./replicate.ts";

const SERVICES: readonly (readonly [name: string, Distribution])[] = [
  ["constant", { kind: "constant", value: 1 }],
  ["exponential", { kind: "exponential", mean: 1 }],
  ["lognormal σ 1", { kind: "lognormal", mean: 1, sigma: 1 }],
  ["bounded Pareto α 1.5", { kind: "bounded-pareto", alpha: 1.5, min: 0.35, max: 350 }],
];
const LOAD = 0.7;

export const sharing: Check = {
  id: "E4",
  title: "M/G/1 processor sharing is insensitive to the service distribution",
  source: "Sakata, Noguchi & Oizumi 1971; Baskett et al. 1975",
  *run(full) {
    for (const [name, service] of SERVICES) {
      const { mean } = compileDistribution(service);
      const runs = replicate(
        {
          load: LOAD / mean,
          service,
          server: { discipline: "sharing" },
          requests: full ? 10_000_000 : 2_000_000,
          warmupMs: 500 * mean,
        },
        { algorithm: "round-robin" },
        ({ latency }) => latency.mean / mean,
      );
      yield agrees(`E[T] / E[S], ${name}`, estimate(runs), 1 / (1 - LOAD));
    }
  },
};
