// Tests the plan of rounds, the order of peers in them, and the statistics of their figures.
import t from "tap";
import { pairedRatio } from "./pairs.ts";
import { type Round, summarise } from "./result.ts";
import { roundsFor } from "./rounds.ts";
import { estimate, median, quantile, spread } from "./statistics.ts";
import { turnsOf } from "./turns.ts";

/** Returns a round with this number and this CPU time; its other figures do not matter. */
function round(turn: number, cpu: number): Round {
  return {
    turn,
    requestsPerSecond: 1000,
    cpuMicrosecondsPerRequest: cpu,
    p50Ms: 1,
    p99Ms: 2,
    p999Ms: 3,
    rssBytes: 1e6,
    busy: 0.5,
  };
}

t.test("no values have no median", async (t) => {
  t.throws(() => median([]), /no values/);
});

t.test("medians and quartiles lie between neighbours", async (t) => {
  t.equal(median([5]), 5);
  t.equal(median([9, 1, 5]), 5, "order does not matter");
  t.equal(median([1, 2, 3, 10]), 2.5);
  t.equal(quantile([10, 20, 30, 40, 50], 0.25), 20);
  t.equal(quantile([10, 20], 0.75), 17.5);
});

t.test("spread is the distance of the quartiles as a share of the median", async (t) => {
  t.equal(spread([10, 20, 30, 40, 50]), 20 / 30);
  t.equal(spread([7, 7, 7]), 0);
  t.equal(spread([100, 100, 100, 100, 5000]), 0, "one outlier does not move it");
  t.equal(spread([0, 0]), 0);
  t.equal(spread([-10, -20, -30]), 0.5);
});

t.test("a result has medians", async (t) => {
  const rounds = [round(1, 30), round(2, 10), round(3, 20)];
  const { result } = summarise({ name: "p", version: "1" }, rounds, "cpuMicrosecondsPerRequest");
  t.same(result, {
    peer: "p",
    version: "1",
    requestsPerSecond: 1000,
    cpuMicrosecondsPerRequest: 20,
    p50Ms: 1,
    p99Ms: 2,
    p999Ms: 3,
    rssBytes: 1e6,
    spread: 0.5,
  });
});

t.test("the bounds of a median hold 95 times of 100, whatever the distribution", async (t) => {
  t.equal(estimate([]), undefined);
  t.same(estimate([2]), { median: 2, low: 2, high: 2 });
  const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
  // From tables of the binomial distribution: P(at most 2 of 12) = 0.0193, P(at most 3 of 15) = 0.0176.
  t.same(estimate(upTo(5)), { median: 3, low: 1, high: 5 }, "0.0313 on each side is too much");
  t.same(estimate(upTo(6)), { median: 3.5, low: 1, high: 6 });
  t.same(estimate(upTo(12)), { median: 6.5, low: 3, high: 10 });
  t.same(estimate(upTo(15).toReversed()), { median: 8, low: 4, high: 12 });
});

t.test("a ratio is that of pairs: a machine that slows down does not move it", async (t) => {
  // Every round is slower than the round before. In each round Tandem's cost is half of the other
  // peer's cost.
  const ours = [1, 2, 3, 4, 5].map((turn) => round(turn, 10 * turn));
  const theirs = [1, 2, 3, 4, 5].map((turn) => round(turn, 20 * turn));
  const half = { median: 0.5, low: 0.5, high: 0.5 };
  t.same(pairedRatio(ours, theirs, "cpuMicrosecondsPerRequest"), half);
  const without = theirs.filter(({ turn }) => turn !== 1);
  t.same(pairedRatio(ours, without, "cpuMicrosecondsPerRequest"), half, "a round that failed");
  t.equal(pairedRatio(ours, [], "cpuMicrosecondsPerRequest"), undefined);
  t.equal(
    pairedRatio(ours, [round(1, 0)], "cpuMicrosecondsPerRequest"),
    undefined,
    "no division by 0",
  );
});

t.test("turns go forward and backward", async (t) => {
  const rounds = [1, 2, 3].map((number) => turnsOf(["a", "b", "c"], number).join(""));
  t.same(rounds, ["abc", "cba", "abc"]);
});

t.test("rounds are as many and as long as the generator can make them", async (t) => {
  const usual = { rounds: 12, seconds: 0.4 };
  const whole = { wholeSeconds: 1 } as const;
  t.same(roundsFor(usual, {}, {}), usual);
  t.same(roundsFor(usual, {}, whole), { rounds: 5, seconds: 1 }, "4.8 s are about 5");
  t.same(roundsFor({ rounds: 15, seconds: 1 }, {}, whole), { rounds: 15, seconds: 1 });
  t.same(roundsFor({ rounds: 1, seconds: 0.2 }, {}, whole), { rounds: 1, seconds: 1 });
  t.same(roundsFor(usual, { rounds: 3 }, whole), { rounds: 3, seconds: 1 }, "--rounds");
  t.same(roundsFor(usual, { seconds: 2.2 }, {}), { rounds: 12, seconds: 2.2 }, "--seconds");
  t.same(roundsFor(usual, { rounds: 2, seconds: 2.2 }, whole), { rounds: 2, seconds: 2 });
});
