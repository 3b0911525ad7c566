// E8: round robin makes a Poisson stream more regular. Each of n servers gets every nth arrival, so the gaps between
// its arrivals are Erlang distributed and E[T] = 1 / (1 − σ), with σ the root of σ = (nρ / (nρ + 1 − σ))^n.
import { estimate } from "../stats/estimate.ts";
import { type Check, near } from "./check.ts";
import { run } from "./queues.ts";

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
  run: (full) =>
    [2, 10].map((count) => {
      const load = 0.8;
      const requests = full ? 10_000_000 : 2_000_000;
      const result = run({ load, count, requests }, { algorithm: "round-robin" });
      const expected = 1 / (1 - rootOfErlang(count, load));
      return near(
        `E[T], ${count} servers at ρ = ${load}`,
        estimate(result.batches),
        expected,
        0.02,
      );
    }),
};
