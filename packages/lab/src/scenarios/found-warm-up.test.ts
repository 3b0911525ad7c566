// Tests which scenarios have a beginning at all, and that the beginning is found where theory says how long it is.
import t from "tap";
import type { Scenario } from "../sim/scenario.ts";
import { simulate } from "../sim/simulation.ts";
import { estimate } from "../stats/estimate.ts";
import { findWarmUp, isSteady } from "./found-warm-up.ts";
import { CANDIDATES } from "./study.ts";

/** One queue with this load and a mean service of 1 ms. */
const queue = (load: number, durationMs: number): Scenario => ({
  name: "queue",
  durationMs,
  drainMs: 1_000,
  traffic: { kind: "open", arrivals: { kind: "poisson", rate: 1_000 * load } },
  service: { kind: "exponential", mean: 1 },
  servers: [{ count: 1 }],
  measure: { perServer: false, seriesMs: 10_000 },
});

t.test("what changes with time has no beginning to find", async (t) => {
  const steady = queue(0.5, 1_000);
  t.ok(isSteady(steady));
  const crash = { kind: "crash", servers: [0], atMs: 500, mode: "refuse" } as const;
  const changing: readonly Scenario[] = [
    { ...steady, faults: [crash] },
    { ...steady, servers: [{ count: 1 }, { count: 1, joinsAtMs: 500 }] },
    { ...steady, traffic: { kind: "open", arrivals: { kind: "trace", timesMs: [1, 2] } } },
    {
      ...steady,
      traffic: {
        kind: "open",
        arrivals: {
          kind: "poisson",
          rate: { kind: "ramp", from: 1, to: 2, startMs: 0, endMs: 500 },
        },
      },
    },
  ];
  for (const scenario of changing) t.notOk(isSteady(scenario), JSON.stringify(scenario));
});

t.test("a load above capacity never settles", async (t) => {
  const { settled, warmupMs } = findWarmUp(queue(1.5, 2_000), [CANDIDATES.roundRobin]);
  t.equal(settled, false);
  t.equal(warmupMs, 1_000, "half of the run");
});

t.test("queues that start empty: the beginning is found, and its bias goes", async (t) => {
  // The relaxation time of M/M/1 at .9 is 1 / (1 − √.9)² = 380 ms, so the mean over the first 1,500 ms is too low. With a
  // random split each of the forty servers is such a queue; together they say the mean to within 1 %.
  const one = queue(0.9, 1_500);
  const scenario: Scenario = {
    ...one,
    traffic: { kind: "open", arrivals: { kind: "poisson", rate: 40 * 900 } },
    servers: [{ count: 40 }],
  };
  let calls = 0;
  const found = findWarmUp(scenario, [CANDIDATES.random1], () => calls++);
  t.equal(calls, 5);
  t.ok(found.settled && found.warmupMs > 50 && found.warmupMs < 750, `${found.warmupMs} ms`);
  const mean = (warmupMs: number) =>
    estimate(
      [11, 12, 13, 14, 15].map((seed) => {
        const run = simulate({ ...scenario, warmupMs }, { ...CANDIDATES.random1, seed });
        return run.latency.mean;
      }),
    ).mean;
  const [before, after] = [mean(0), mean(found.warmupMs)];
  // The true mean is 10 ms.
  t.ok(before < 9.7, `${before} ms without a warm-up`);
  t.ok(Math.abs(10 - after) < 0.5 * (10 - before), `${after} ms with it, ${before} ms without`);
});

t.test(
  "the warm-up that a scenario names is not looked at, and the longest of all counts",
  async (t) => {
    const scenario = queue(0.7, 2_000);
    const two = [CANDIDATES.roundRobin, CANDIDATES.random2];
    const found = findWarmUp(scenario, two);
    t.same(findWarmUp({ ...scenario, warmupMs: 777 }, two), found);
    for (const one of two) t.ok(findWarmUp(scenario, [one]).warmupMs <= found.warmupMs);
  },
);
