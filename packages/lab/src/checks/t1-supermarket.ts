// T1: the supermarket model. With d random choices the share of servers with at least i requests falls doubly
// exponentially: s_i = λ^((d^i − 1)/(d − 1)), so E[T] = Σ λ^((d^i − d)/(d − 1)).
import { estimate } from "../stats/estimate.ts";
import { type Check, type Finding, near, within } from "./check.ts";
import { run } from "./queues.ts";

const SERVERS = 500;

function meanTime(load: number, draws: number): number {
  let sum = 0;
  for (let i = 1; i < 20; i++) sum += load ** ((draws ** i - draws) / (draws - 1));
  return sum;
}

function supermarket(load: number, draws: number, requests: number): Finding[] {
  const result = run(
    {
      load,
      count: SERVERS,
      requests,
      warmupMs: 150,
      more: { measure: { sampleMs: 2, seriesMs: 1e9 } },
    },
    { algorithm: "random", parameters: { draws } },
  );
  const name = `λ ${load}, d ${draws}`;
  // The theory is computed for the load that the run really had. At λ = .95 a random 0.1 % more load would change s₄,
  // the share of servers with four requests or more, by .01.
  const came = result.servers.reduce((sum, { utilization }) => sum + utilization, 0) / SERVERS;
  const tails = [1, 2, 3, 4].map((i) => {
    const found = result.depths.slice(i).reduce((sum, share) => sum + share, 0);
    return Math.abs(found - came ** ((draws ** i - 1) / (draws - 1)));
  });
  return [
    near(`${name}: E[T]`, estimate(result.batches), meanTime(came, draws), 0.02),
    near(`${name}: utilization`, came, load, 0.01),
    within(`${name}: largest error of s₁ … s₄`, Math.max(...tails), 0, 0.01, 0),
  ];
}

export const supermarketModel: Check = {
  id: "T1",
  title: "Supermarket model: the power of d choices",
  source: "Mitzenmacher 1996; Vvedenskaya, Dobrushin & Karpelevich 1996",
  run: (full) => {
    const requests = full ? 5_000_000 : 1_000_000;
    return [
      ...supermarket(0.7, 2, requests),
      ...supermarket(0.9, 2, requests),
      ...supermarket(0.95, 2, requests),
      ...supermarket(0.9, 3, requests),
    ];
  },
};
