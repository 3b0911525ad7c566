// E10 and E11: a few servers, exactly. The supermarket model and its like hold for endlessly many servers; with 2, 5 or
// 10 the lengths of the queues are a Markov chain that can be solved. With weights, the servers are as fast as their
// weights, and what is compared is the load per weight.
import type { Check, Finding } from "./check.ts";
import { type Rule, type Solution, solveParallel } from "./exact/parallel-queues.ts";
import { anyIdle, bestOfTwo, shortest } from "./exact/rules.ts";
import { agrees } from "./finding.ts";
import { meanTimeOf, over, replicate } from "./replicate.ts";

const equal = (count: number) => new Array<number>(count).fill(1);

/** How the expected number was computed, and how much of the traffic the cut of the queues lost. */
function methodOf({ states, cut }: Solution): string {
  return `Markov chain of ${states} states, ${cut < 1e-9 ? "nothing" : cut.toExponential(0)} cut off`;
}

interface Case {
  readonly name: string;
  readonly algorithm: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly rule: (weights: readonly number[]) => Rule;
}

const LEAST_CONN: Case = { name: "least-conn", algorithm: "least-conn", rule: shortest };
const TWO: Case = { name: "random(2)", algorithm: "random", rule: bestOfTwo };
const IDLE: Case = { name: "join-idle-queue", algorithm: "join-idle-queue", rule: () => anyIdle };

/** Compares the mean time at `count` equal servers. The queues of the chain are cut at `longest`. */
function alike(one: Case, count: number, load: number, longest: number, full: boolean): Finding {
  const weights = equal(count);
  const exact = solveParallel({
    rate: count * load,
    speeds: weights,
    rule: one.rule(weights),
    longest,
  });
  const { algorithm, parameters = {} } = one;
  const requests = full ? 20_000_000 : 1_000_000;
  const found = meanTimeOf({ load, count, requests }, { algorithm, parameters });
  const slack = exact.cut * exact.meanTime * longest;
  return agrees(`${one.name}, ${count} servers, ρ = ${load}: E[T]`, found, exact.meanTime, {
    slack,
    method: methodOf(exact),
  });
}

export const fewServers: Check = {
  id: "E10",
  title: "Two, five and ten servers: least connections, the best of two, join-idle-queue",
  source:
    "Kingman 1961 for two queues; here the Markov chain of the queues' lengths, solved exactly",
  *run(full) {
    yield alike(TWO, 3, 0.8, 20, full);
    yield alike(IDLE, 2, 0.7, 60, full);
    yield alike(LEAST_CONN, 2, 0.7, 40, full);
    yield alike(LEAST_CONN, 2, 0.9, 80, full);
    yield alike(LEAST_CONN, 5, 0.8, 11, full);
    yield alike(LEAST_CONN, 10, 0.7, 6, full);
    yield alike(TWO, 5, 0.8, 11, full);
    yield alike(TWO, 10, 0.7, 6, full);
    yield alike(IDLE, 5, 0.6, 14, full);
  },
};

/** The weights are the speeds too. */
function weighted(
  one: Case,
  weights: readonly number[],
  longest: number,
  full: boolean,
): Finding[] {
  const load = 0.7;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rule = one.rule(weights);
  const exact = solveParallel({ rate: load * total, speeds: weights, rule, longest });
  const runs = replicate(
    {
      load: (load * total) / weights.length,
      count: weights.length,
      requests: full ? 20_000_000 : 1_000_000,
      warmupMs: 200,
      more: { servers: weights.map((weight) => ({ count: 1, weight, speed: weight })) },
    },
    { algorithm: one.algorithm, parameters: one.parameters ?? {} },
    ({ latency, servers }) => ({ mean: latency.mean, shares: servers.map(({ share }) => share) }),
  );
  const theory = { slack: exact.cut * exact.meanTime * longest, method: methodOf(exact) };
  const name = `${one.name}, weights ${weights.join(" ")}`;
  const last = weights.length - 1;
  return [
    agrees(
      `${name}: E[T]`,
      over(runs, ({ mean }) => mean),
      exact.meanTime,
      theory,
    ),
    agrees(
      `${name}: share of the heaviest`,
      over(runs, ({ shares }) => shares[last] ?? Number.NaN),
      exact.shares[last] ?? Number.NaN,
      { ...theory, slack: exact.cut },
    ),
  ];
}

export const weightedLoad: Check = {
  id: "E11",
  title: "Weights: load per weight decides, on servers as fast as their weights",
  source: "the Markov chain of the queues' lengths, solved exactly",
  *run(full) {
    yield* weighted(TWO, [1, 1, 3], 20, full);
    yield* weighted(LEAST_CONN, [1, 4], 60, full);
    yield* weighted(LEAST_CONN, [1, 1, 3], 20, full);
    yield* weighted(TWO, [1, 4], 60, full);
    yield* weighted(TWO, [1, 2, 4], 20, full);
  },
};
