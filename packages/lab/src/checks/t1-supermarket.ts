// T1: the supermarket model. With d random choices the share of servers with at least i requests falls doubly
// exponentially: s_i = λ^((d^i − 1)/(d − 1)), so E[T] = Σ λ^((d^i − d)/(d − 1)). This holds for endlessly many servers;
// with n of them the figures differ by c / n (Gast 2017). E10 has few servers exactly.
import { estimate } from "../stats/estimate.ts";
import type { Check, Finding } from "./check.ts";
import { solveParallel } from "./exact/parallel-queues.ts";
import { bestOfTwo } from "./exact/rules.ts";
import { agrees } from "./finding.ts";
import { over, replicate } from "./replicate.ts";

const SERVERS = 500;
/** The queues of the three servers that the slack is taken from are cut at this length. */
const LONGEST = 30;

function meanTime(load: number, draws: number): number {
  let sum = 0;
  for (let i = 1; i < 20; i++) sum += load ** ((draws ** i - draws) / (draws - 1));
  return sum;
}

const tail = (load: number, draws: number, i: number) => load ** ((draws ** i - 1) / (draws - 1));

/**
 * Returns how far n servers are from endlessly many: c / n, in which c is taken from three servers, which are solved
 * exactly. With more choices than two the difference is smaller.
 */
function slackOf(load: number) {
  const three = solveParallel({
    rate: 3 * load,
    speeds: [1, 1, 1],
    rule: bestOfTwo([1, 1, 1]),
    longest: LONGEST,
  });
  const per = 3 / SERVERS;
  return {
    mean: per * Math.abs(three.meanTime - meanTime(load, 2)),
    tail: (i: number) => per * Math.abs((three.tails[i] ?? 0) - tail(load, 2, i)),
  };
}

function supermarket(load: number, draws: number, requests: number): Finding[] {
  const runs = replicate(
    {
      load,
      count: SERVERS,
      requests,
      warmupMs: 150,
      more: { measure: { sampleMs: 2, seriesMs: 1e9, perServer: false } },
    },
    { algorithm: "random", parameters: { draws } },
    ({ latency, depths }) => ({
      mean: latency.mean,
      tails: [2, 3].map((i) => depths.slice(i).reduce((sum, share) => sum + share, 0)),
    }),
  );
  const name = `λ ${load}, d ${draws}`;
  const slack = slackOf(load);
  const method = `endlessly many servers; off by c/n for ${SERVERS}, c from three servers exactly`;
  const theory = { slack: slack.mean, method };
  return [
    agrees(`${name}: E[T]`, estimate(runs.map(({ mean }) => mean)), meanTime(load, draws), theory),
    ...[2, 3].map((i, index) =>
      agrees(
        `${name}: share of servers with ${i} requests or more`,
        over(runs, ({ tails }) => tails[index] ?? Number.NaN),
        tail(load, draws, i),
        { slack: slack.tail(i), method },
      ),
    ),
  ];
}

export const supermarketModel: Check = {
  id: "T1",
  title: "Supermarket model: the power of d choices",
  source: "Mitzenmacher 1996; Vvedenskaya, Dobrushin & Karpelevich 1996",
  *run(full) {
    const requests = full ? 10_000_000 : 800_000;
    yield* supermarket(0.7, 2, requests);
    yield* supermarket(0.9, 2, requests);
    yield* supermarket(0.95, 2, requests);
    yield* supermarket(0.9, 3, requests);
  },
};
