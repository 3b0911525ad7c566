// E4: under processor sharing the mean time in the system does not depend on the distribution of service: for every
// distribution E[T] = 1 / (1 − ρ).
import type { Distribution } from "../sim/distribution.ts";
import { compileDistribution } from "../sim/distribution.ts";
import { estimate } from "../stats/estimate.ts";
import { type Check, near } from "./check.ts";
import { run } from "./queues.ts";

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
  run: (full) =>
    SERVICES.map(([name, service]) => {
      const { mean } = compileDistribution(service);
      const result = run(
        {
          load: LOAD / mean,
          service,
          server: { discipline: "sharing" },
          requests: full ? 5_000_000 : 1_000_000,
          warmupMs: 500 * mean,
        },
        { algorithm: "round-robin" },
      );
      return near(
        `E[T] / E[S], ${name}`,
        scaled(estimate(result.batches), mean),
        1 / (1 - LOAD),
        0.03,
      );
    }),
};

function scaled(of: ReturnType<typeof estimate>, by: number): ReturnType<typeof estimate> {
  return { ...of, mean: of.mean / by, error: of.error / by };
}
