// Tests the exact solutions against formulas that are simpler than they are, and against each other.
import t, { type Test } from "tap";
import { Chain } from "./chain.ts";
import { closedLoop } from "./closed-loop.ts";
import { constantServiceTime } from "./constant-service.ts";
import { bursts, meanTime, rateOf, roundRobins } from "./map-m1.ts";
import { solveParallel } from "./parallel-queues.ts";
import { anyIdle, bestOfTwo, shortest } from "./rules.ts";
import { staleBoardTime } from "./stale-board.ts";

/** Whether two numbers are equal to within a share of the second. */
const near = (t: Test, found: number, expected: number, share = 1e-6) =>
  t.ok(Math.abs(found - expected) <= share * Math.abs(expected), `${found} is about ${expected}`);

t.test("a chain: two states, and a chain that does not settle", async (t) => {
  const chain = new Chain(2);
  chain.add(0, 1, 3);
  chain.add(1, 0, 1);
  near(t, chain.stationary()[1] ?? 0, 0.75);
  const unconnected = new Chain(2);
  unconnected.add(0, 1, 1);
  t.throws(() => unconnected.stationary(), /has not settled/);
});

t.test(
  "parallel queues: one is M/M/1; a fast and a slow one at random are two of them",
  async (t) => {
    const one = solveParallel({ rate: 0.5, speeds: [1], rule: () => [1], longest: 60 });
    near(t, one.meanTime, 2);
    near(t, one.tails[3] ?? 0, 0.125);
    const rule = () => [0.25, 0.75];
    const two = solveParallel({ rate: 2, speeds: [1, 3], rule, longest: 60 });
    near(t, two.meanTime, (0.25 * 1) / (1 - 0.5) + (0.75 * 1) / (3 - 1.5));
    near(t, two.shares[1] ?? 0, 0.75);
  },
);

t.test("parallel queues: what the cut of the queues loses is said", async (t) => {
  const { cut } = solveParallel({ rate: 1, speeds: [1], rule: () => [1], longest: 1 });
  near(t, cut, 0.5);
});

t.test("rules: ties by weight, the first drawn at a tie, the idle first", async (t) => {
  t.same(shortest([1, 3])([0, 0]), [0.25, 0.75]);
  t.same(shortest([1, 3])([1, 2]), [0, 1], "two on weight 3 are less than one on weight 1");
  t.same(bestOfTwo([1, 3])([0, 0]), [0.25, 0.75]);
  t.same(bestOfTwo([1, 3])([1, 4]), [1, 0]);
  t.same(anyIdle([1, 0, 0]), [0, 0.5, 0.5]);
  t.same(anyIdle([1, 2]), [0.5, 0.5]);
  t.same(bestOfTwo([1, 1])([2, 1]), shortest([1, 1])([2, 1]), "two of two are all");
});

t.test("MAP/M/1: Poisson, every second arrival, and bursts that are none", async (t) => {
  near(t, meanTime(bursts([0.7, 0.7], [0.1, 0.2]), 1), 1 / 0.3);
  near(t, rateOf(bursts([1, 0], [1, 3])), 0.75);
  // E₂/M/1 at ρ = .8: σ solves σ = (1.6 / (2.6 − σ))².
  let sigma = 0.8;
  for (let i = 0; i < 500; i++) sigma = (1.6 / (2.6 - sigma)) ** 2;
  near(t, meanTime(roundRobins(1, 2, 1.6), 1), 1 / (1 - sigma));
  near(t, rateOf(roundRobins(3, 3, 2.4)), 0.8);
});

t.test("M/D/c: Pollaczek and Khinchine's formula for one worker", async (t) => {
  near(t, constantServiceTime(1, 0.7), 1 + 0.7 / (2 * 0.3));
  t.ok(constantServiceTime(2, 1.4) < constantServiceTime(1, 0.7), "two workers wait less");
});

t.test("a closed loop: one user never waits; many keep the server busy", async (t) => {
  t.same(closedLoop(1, 3, 1), { meanTime: 1, throughput: 0.25 });
  near(t, closedLoop(200, 3, 1).throughput, 1);
});

t.test("a stale board: fresher is better, towards the shortest of two", async (t) => {
  const fresh = solveParallel({
    rate: 1,
    speeds: [1, 1],
    rule: shortest([1, 1]),
    longest: 40,
  }).meanTime;
  const times = [0.5, 1, 4].map((everyMs) => staleBoardTime(0.5, everyMs));
  t.ok(fresh < (times[0] ?? 0) && (times[0] ?? 0) < fresh + 0.1);
  t.same(
    times,
    times.toSorted((a, b) => a - b),
  );
});
