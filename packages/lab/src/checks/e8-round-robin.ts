// E8: round robin makes a Poisson stream more regular. Each of n servers gets every nth arrival, so the gaps between
// its arrivals are Erlang distributed and E[T] = 1 / (1 − σ), with σ the root of σ = (nρ / (nρ + 1 − σ))^n.
import type { Check } from "./check.ts";
import { agrees } from "./finding.ts";
import { meanTimeOf } from "./replicate.ts";

function rootOfErlang(servers: number, load: number): number {
  let sigma = load;
  for (let i = 0; i < 1000; i++)
    sigma = ((servers * load) / (servers * load + 1 - sigma)) ** servers;
  return sigma;
}

export const roundRobin: Check = {
  id: "E8",
  title: "Round robin of a Poisson stream: each server is an Eₙ/M/1 queue",
  source: "Kleinrock, Queueing Systems I (1975), §6.4",
  *run(full) {
    for (const count of [2, 10]) {
      const load = 0.8;
      const requests = full ? 10_000_000 : 3_000_000;
      const found = meanTimeOf({ load, count, requests }, { algorithm: "round-robin" });
      yield agrees(
        `E[T], ${count} servers at ρ = ${load}`,
        found,
        1 / (1 - rootOfErlang(count, load)),
      );
    }
  },
};
