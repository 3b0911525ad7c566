// T4: many balancers, each of which knows only its own requests. When ties are broken at random, least connections gets
// slowly worse as the number of balancers grows. When ties go to the first server, least connections collapses.
import { ascending, type Check, type Finding, within } from "./check.ts";
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
    const findings: Finding[] = counts.slice(1).map((count, i) =>
      ascending(`${count} balancers`, [
        ["ties at random", atRandom[i + 1]?.[1] ?? Number.NaN],
        ["ties to the first", byIndex[i + 1] ?? Number.NaN],
      ]),
    );
    return [
      ...findings,
      ascending("ties at random: degrades with their number, but stays below a blind choice", [
        ...atRandom,
        ["blind", random],
      ]),
      within(
        "200 balancers, ties to the first, over ties at random",
        (byIndex[3] ?? 0) / (atRandom[3]?.[1] ?? 1),
        5,
        1000,
        "many times worse",
      ),
    ];
  },
};
