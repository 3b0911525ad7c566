// Comparisons of lists whose answer is known. How often the intervals hold the truth: coverage.test.ts.
import t from "tap";
import { Stream } from "../sim/stream.ts";
import { comparePaired, judgedTogether } from "./compare.ts";
import { criticalValue } from "./critical-value.ts";
import { estimate } from "./estimate.ts";
import { ratioOfMeans } from "./ratio.ts";
import { tTails } from "./student.ts";

const noise = (seed: number, count: number) => {
  const stream = new Stream(seed, "compare");
  return Array.from({ length: count }, () => stream.normal());
};

t.test("too few pairs, missing values and equal values prove nothing", async (t) => {
  const two = comparePaired([1, 2], [5, 6.5]);
  t.match(two, { verdict: "no significant difference", pairs: 2, p: Number.NaN });
  const none = comparePaired([Number.NaN], [3]);
  t.match(none, { pairs: 0, difference: Number.NaN, verdict: "no significant difference" });
  const some = comparePaired([1, Number.NaN, 3, 4], [2, 5, Number.POSITIVE_INFINITY, 6]);
  t.match(some, { pairs: 2, difference: 1.5, relative: 0.6 });
  const zeros = comparePaired(Array(10).fill(0), Array(10).fill(0));
  t.match(zeros, { difference: 0, low: 0, high: 0, p: Number.NaN });
  t.equal(zeros.verdict, "no significant difference");
});

t.test("the same difference in every pair is certain", async (t) => {
  t.equal(comparePaired(Array(6).fill(8), Array(6).fill(5)).verdict, "lower");
});

t.test("pairs see five per cent through twenty per cent of noise", async (t) => {
  const stream = new Stream(1, "test");
  const a = Array.from({ length: 12 }, () => 100 + 20 * stream.normal());
  const found = comparePaired(
    a,
    a.map((value) => value - 5 + stream.normal()),
  );
  t.equal(found.verdict, "lower");
  // The standard error of the mean of twelve differences with σ = 1 is .29. The interval is about 4.4 of them wide.
  t.ok(found.low > -6.5 && found.low < found.difference && found.high < -3.5);
  const alternating = a.map((value, i) => value + (i % 2 === 0 ? 3 : -3));
  t.equal(comparePaired(a, alternating).verdict, "no significant difference");
});

t.test("an example by hand", async (t) => {
  // Differences 1, 2, 3, 4, 5: mean 3, standard error √.5.
  const a = [10, 20, 30, 40, 50];
  const found = comparePaired(
    a,
    a.map((value, i) => value + i + 1),
  );
  t.equal(found.difference, 3);
  const critical = criticalValue([1, 2, 3, 4, 5], 0.95);
  t.equal(found.low.toFixed(9), (3 - critical * Math.SQRT1_2).toFixed(9));
  t.equal(found.high.toFixed(9), (3 + critical * Math.SQRT1_2).toFixed(9));
  // b is exactly 1.1 · a, so the ratio is certain although the difference is not.
  t.equal(found.relative.toFixed(9), "0.100000000");
  t.ok(found.relativeHigh - found.relativeLow < 1e-6);
  // The critical value takes the place of 2.776, the 97.5 % quantile of Student's t with 4 degrees of freedom.
  const scaled = (3 / Math.SQRT1_2) * (2.776445 / critical);
  t.ok(Math.abs(found.p - tTails(scaled, 4)) < 1e-6);
  t.match(found, { verdict: "higher", together: 1, corrected: found.p });
});

t.test("the ratio's interval holds 1 exactly when the difference's holds 0", async (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    const a = noise(seed, 8).map((value) => 10 + value);
    const b = noise(seed + 1_000, 8).map((value, i) => (a[i] ?? 0) + 0.7 * value);
    const { low, high, relativeLow, relativeHigh } = comparePaired(a, b);
    t.equal(low <= 0 && high >= 0, relativeLow <= 0 && relativeHigh >= 0, `seed ${seed}`);
  }
});

t.test("when one pair of ten differs, the interval is unknown", async (t) => {
  const found = comparePaired(Array(10).fill(5), [...Array(9).fill(5), 9]);
  t.match(found, { low: Number.NaN, high: Number.NaN, verdict: "no significant difference" });
  t.ok(Number.isNaN(found.relativeLow) && found.p > 0.99);
});

t.test("events that were not seen in any pair are not known to be absent", async (t) => {
  const { relative, relativeLow, relativeHigh } = comparePaired([3, 4, 5, 4, 3], Array(5).fill(0));
  t.equal(relative, -1);
  t.ok(Number.isNaN(relativeLow) && Number.isNaN(relativeHigh));
});

t.test("a ratio to what may be zero has no interval", async (t) => {
  const { ratio, low, high } = ratioOfMeans([0, 0, 0, 0, 1], [1, 2, 1, 2, 1], 2.776);
  t.ok(ratio > 1 && Number.isNaN(low) && Number.isNaN(high));
});

t.test("what is judged together has to be surer", async (t) => {
  // Ten differences of shift ± 1 have a standard error of ⅓. Alone their p values are about .03, .03 and below .001.
  const a = noise(1, 10);
  const comparisons = [0.86, 0.86, 3].map((shift) =>
    comparePaired(
      a,
      a.map((value, i) => value + shift + (i % 2 === 0 ? 1 : -1)),
    ),
  );
  t.same(
    comparisons.map(({ verdict }) => verdict),
    ["higher", "higher", "higher"],
  );
  const together = judgedTogether(comparisons);
  t.same(
    together.map(({ low, high, p }) => [low, high, p]),
    comparisons.map(({ low, high, p }) => [low, high, p]),
    "the intervals stay",
  );
  t.same(
    together.map(({ verdict, together: count }) => [verdict, count]),
    [
      ["no significant difference", 3],
      ["no significant difference", 3],
      ["higher", 3],
    ],
  );
  const [first, , last] = together;
  t.ok(Math.abs((first?.corrected ?? 0) - 2 * (first?.p ?? 0)) < 1e-12);
  t.ok(Math.abs((last?.corrected ?? 0) - 3 * (last?.p ?? 0)) < 1e-12);
});

t.test("an estimate: by hand, and what cannot be told from one value", async (t) => {
  const { mean, low, high, error } = estimate([1, 2, 3, 4, Number.NaN]);
  t.equal(mean, 2.5);
  t.equal(error.toFixed(9), Math.sqrt(5 / 12).toFixed(9));
  // 3.182 is the 97.5 % quantile of Student's t with 3 degrees of freedom.
  t.equal((high - 2.5).toFixed(3), (3.1824 * Math.sqrt(5 / 12)).toFixed(3));
  t.equal(low + high, 5);
  const rare = estimate([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  t.ok(Number.isFinite(rare.high), "what can be drawn is finite");
  t.match(estimate([7]), { mean: 7, error: Number.NaN, low: Number.NaN, high: Number.NaN });
  t.match(estimate([]), { mean: Number.NaN, count: 0 });
});
