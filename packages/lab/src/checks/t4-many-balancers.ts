// T4: many balancers, each of which knows only its own requests. When ties are broken at random, least connections gets
// slowly worse as the number of balancers grows. When ties go to the first server, least connections collapses.
import type { Check } from "./check.ts";
import { ascending } from "./finding.ts";
import { run } from "./queues.ts";

const LOAD = 0.9;
const SERVERS = 50;

function meanOf(algorithm: string, count: number, requests: number): number {
  return run(
    { load: LOAD, count: SERVERS, requests, warmupMs: 300, more: { balancers: { count } } },
    { algorithm, parameters: algorithm === "random" ? { draws: 1 } : {} },
  ).latency.mean;
}

export const manyBalancers: Check = {
  id: "T4",
  title: "Many independent balancers: ties must be broken at random",
  source: "computed for this laboratory; cf. Lu et al. 2011",
  run: (full) => {
    const requests = full ? 2_000_000 : 300_000;
    const counts = [1, 10, 50, 200];
    const atRandom = counts.map(
      (count) => [`${count} balancers`, meanOf("least-conn", count, requests)] as const,
    );
    const byIndex = counts.map((count) => meanOf("least-conn-by-index", count, requests));
    const random = meanOf("random", 1, requests);
    return [
      ...counts.slice(1).map((count, i) =>
        ascending(`${count} balancers`, [
          ["ties at random", atRandom[i + 1]?.[1] ?? Number.NaN],
          ["ties to the first", byIndex[i + 1] ?? Number.NaN],
        ]),
      ),
      ascending("ties at random: degrades with their number, but stays below a blind choice", [
        ...atRandom,
        ["blind", random],
      ]),
      ascending("200 balancers, ties to the first: many times worse", [
        ["5 times ties at random", 5 * (atRandom[3]?.[1] ?? Number.NaN)],
        ["ties to the first", byIndex[3] ?? Number.NaN],
      ]),
    ];
  },
};
