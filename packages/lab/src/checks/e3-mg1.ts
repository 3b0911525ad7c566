// E3: the formula of Pollaczek and Khinchine: waiting grows with the variance of the service, E[T] = 1 + ρ(1 + cv²) /
// (2(1 − ρ)).
import type { Distribution } from "../sim/distribution.ts";
import { compileDistribution } from "../sim/distribution.ts";
import { estimate } from "../stats/estimate.ts";
import { type Check, near } from "./check.ts";
import { run } from "./queues.ts";

/** Distributions with mean 1, each with the relative error that its mean may have. */
const SERVICES: readonly (readonly [name: string, Distribution, share: number])[] = [
  ["constant", { kind: "constant", value: 1 }, 0.03],
  ["uniform", { kind: "uniform", from: 0, to: 2 }, 0.03],
  ["exponential", { kind: "exponential", mean: 1 }, 0.03],
  ["bimodal", { kind: "bimodal", fast: 1 / 1.9, slow: 0.1, factor: 10 }, 0.03],
  // cv² = e^σ² − 1 = 16: a few requests in a million dominate the result, so the interval is wider.
  ["lognormal, cv² 16", { kind: "lognormal", mean: 1, sigma: Math.sqrt(Math.log(17)) }, 0.08],
];
const LOAD = 0.7;

export const mg1: Check = {
  id: "E3",
  title: "M/G/1 first come first served: Pollaczek–Khinchine",
  source: "Pollaczek 1930, Khinchine 1932",
  run: (full) =>
    SERVICES.map(([name, service, share]) => {
      const requests = (share > 0.03 ? 4_000_000 : 1_000_000) * (full ? 5 : 1);
      const result = run({ load: LOAD, service, requests }, { algorithm: "round-robin" });
      const { cv2 } = compileDistribution(service);
      const expected = 1 + (LOAD * (1 + cv2)) / (2 * (1 - LOAD));
      return near(`E[T], ${name}`, estimate(result.batches), expected, share);
    }),
};
