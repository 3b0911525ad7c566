// What the advice rests on: where one more run lies, what a failed request counts for, and which setting is recommended.
import t from "tap";
import { CANDIDATES } from "../scenarios/study.ts";
import type { Result } from "../sim/result.ts";
import { Stream } from "../sim/stream.ts";
import { Histogram } from "../stats/histogram.ts";
import { quantileOfAll, shareBeyond } from "./quantile-of-all.ts";
import type { Ranked, Setting } from "./rank.ts";
import { recommended, settingsFor, usualFor } from "./settings.ts";
import { spreadOf } from "./spread.ts";

t.test("the range of one more run holds it in 19 of 20 cases", async (t) => {
  // 2,000 trials of ten skewed values and an eleventh: the share that is held has a standard error of .5 %.
  const stream = new Stream(11, "test");
  const draw = () => 100 * Math.exp(0.3 * stream.normal());
  let [held, mean] = [0, 0];
  const trials = 2_000;
  for (let trial = 0; trial < trials; trial++) {
    const spread = spreadOf(Array.from({ length: 10 }, draw));
    const next = draw();
    if (next >= spread.oneLow && next <= spread.oneHigh) held++;
    if (next >= spread.low && next <= spread.high) mean++;
  }
  t.ok(held / trials > 0.93 && held / trials < 0.97, `${held / trials}`);
  t.ok(mean / trials < 0.7, "which the interval of the mean does not");
});

t.test(
  "a run in which too many requests fail has no mean, and the others say how good it can be",
  async (t) => {
    const spread = spreadOf([50, Number.POSITIVE_INFINITY, 70]);
    t.match(spread, {
      mean: Number.POSITIVE_INFINITY,
      oneLow: 50,
      oneHigh: Number.POSITIVE_INFINITY,
    });
    t.match(spreadOf([0, 0, 0]), { mean: 0, oneLow: 0, oneHigh: 0 });
  },
);

/** A result of 100 answers of 1 to 100 ms, and of requests that failed. */
function resultWith(failed: number): Result {
  const histogram = new Histogram();
  for (let ms = 1; ms <= 100; ms++) histogram.record(ms);
  const counts = {
    offered: 100 + failed,
    ok: 100,
    failed,
    timeout: 0,
    rejected: 0,
    inFlight: 0,
    unanswered: 0,
  };
  return { counts, histogram } as unknown as Result;
}

t.test("failed requests count as slower than all others", async (t) => {
  const near = (found: number, expected: number) =>
    t.ok(Math.abs(found / expected - 1) < 0.02, `${found} for ${expected}`);
  near(quantileOfAll(resultWith(0), 0.9), 90);
  near(quantileOfAll(resultWith(100), 0.45), 90);
  t.equal(quantileOfAll(resultWith(2), 0.99), Number.POSITIVE_INFINITY);
  t.ok(quantileOfAll(resultWith(0), 0.99) < 101);
  near(shareBeyond(resultWith(0), 80.9), 0.2);
  near(shareBeyond(resultWith(100), 80.9), 0.6);
});

const ranked = (rank: number, setting: Setting): Ranked => ({
  ...{ setting, rank },
  ...({ shares: [0, 0] } as unknown as Ranked),
  ...{ setting, rank },
});

const SERVERS = [
  { name: "box1", speed: 1, weight: 1 },
  { name: "box2", speed: 2, weight: 1 },
];
const SITE = {
  ...{ servers: SERVERS, workers: 1, rate: 1, maxConnections: 0 },
  work: { kind: "drawn", distribution: { kind: "constant", value: 1 } } as const,
};

t.test("what is compared: each algorithm with every kind of weights that differs", async (t) => {
  const weightsOf = (servers: typeof SERVERS) =>
    settingsFor({ ...SITE, servers }, [CANDIDATES.leastConn]).map(({ weights }) =>
      weights.join(":"),
    );
  t.same(weightsOf(SERVERS), ["1:1", "1:2"]);
  t.same(weightsOf(SERVERS.map((one) => ({ ...one, speed: 1 }))), ["1:1"]);
  t.same(weightsOf(SERVERS.map((one, i) => ({ ...one, weight: 5 - i }))), ["1:1", "1:2", "5:4"]);
  t.same(weightsOf(SERVERS.map((one, i) => ({ ...one, weight: 2 + 2 * i }))), ["1:1", "1:2"]);
  t.same(
    usualFor(2).map(({ label }) => label),
    ["least-conn", "round-robin", "peak-ewma", "prequal"],
  );
});

t.test("recommended is what runs today, else the simplest of the best", async (t) => {
  const settings = settingsFor(SITE, usualFor(2));
  const find = (label: string, weights: string): Setting => {
    const found = settings.find(
      (one) => one.candidate.label === label && one.weights.join(":") === weights,
    );
    if (found === undefined) throw new Error(`${label} ${weights}`);
    return found;
  };
  const [ewma, least, even] = [
    find("peak-ewma", "1:2"),
    find("least-conn", "1:2"),
    find("least-conn", "1:1"),
  ];
  const ranking = [
    ranked(1, ewma),
    ranked(1, even),
    ranked(1, least),
    ranked(4, find("round-robin", "1:1")),
  ];
  const choice = (today?: Pick<Setting, "candidate" | "weights">) =>
    recommended(ranking, today)?.setting;
  t.equal(choice(), least, "weights by speed before equal ones");
  t.equal(
    choice({ candidate: CANDIDATES.peakEwma, weights: [2, 4] }),
    ewma,
    "the same shares are the same weights",
  );
  t.equal(
    choice({ candidate: CANDIDATES.roundRobin, weights: [1, 1] }),
    least,
    "today's is not among the best",
  );
});

t.test("a yardstick is never recommended: tandem.yaml does not take it", async (t) => {
  const candidates = [{ label: "jsq", algorithm: "jsq" }, CANDIDATES.leastConn];
  const [jsq, least] = settingsFor(SITE, candidates).filter(
    ({ weighted }) => weighted === "by speed",
  );
  if (jsq === undefined || least === undefined) throw new Error("two settings");
  t.equal(recommended([ranked(1, jsq), ranked(2, least)], jsq)?.setting, least);
  t.equal(recommended([ranked(1, jsq)], jsq), undefined);
});

t.test("one further run is never known better than the mean over all", async (t) => {
  // Few values, one of which is far from the others: the mean's interval is made from the values themselves.
  for (const values of [
    [130, 150, 155, 160, 240],
    [5.4, 5.6, 6, 7, 30],
    [1, 1, 1, 1, 9],
  ]) {
    const { low, high, oneLow, oneHigh } = spreadOf(values);
    t.ok(oneLow <= low && oneHigh >= high, `${oneLow} ${low} ${high} ${oneHigh}`);
  }
});
