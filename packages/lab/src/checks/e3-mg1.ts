// E3: the formula of Pollaczek and Khinchine: waiting grows with the variance of the service, E[T] = 1 + ρ(1 + cv²) /
// (2(1 − ρ)).
import type { Distribution } from "../sim/distribution.ts";
import { compileDistribution } from "../sim/distribution.ts";
import type { Check } from "./check.ts";
import { agrees } from "./finding.ts";
import { meanTimeOf } from "./replicate.ts";

/** Distributions with mean 1, each with the number of requests, in millions: more when the variance is large. */
const SERVICES: readonly (readonly [name: string, Distribution, millions: number])[] = [
  ["constant", { kind: "constant", value: 1 }, 2],
  ["uniform", { kind: "uniform", from: 0, to: 2 }, 2],
  ["exponential", { kind: "exponential", mean: 1 }, 2],
  ["bimodal", { kind: "bimodal", fast: 1 / 1.9, slow: 0.1, factor: 10 }, 3],
  // cv² = e^σ² − 1 = 3.
  ["lognormal, cv² 3", { kind: "lognormal", mean: 1, sigma: Math.sqrt(Math.log(4)) }, 4],
];
const LOAD = 0.7;

export const mg1: Check = {
  id: "E3",
  title: "M/G/1 first come first served: Pollaczek–Khinchine",
  source: "Pollaczek 1930, Khinchine 1932",
  *run(full) {
    for (const [name, service, millions] of SERVICES) {
      const requests = millions * (full ? 5_000_000 : 1_000_000);
      const found = meanTimeOf({ load: LOAD, service, requests }, { algorithm: "round-robin" });
      const { cv2 } = compileDistribution(service);
      yield agrees(`E[T], ${name}`, found, 1 + (LOAD * (1 + cv2)) / (2 * (1 - LOAD)));
    }
  },
};
