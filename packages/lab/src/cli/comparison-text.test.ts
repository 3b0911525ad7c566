// Tests what is said about a comparison, most of all where little can be said.
import t from "tap";
import { METRICS } from "../scenarios/study.ts";
import { comparePaired, judgedTogether } from "../stats/compare.ts";
import { chanceText, comparisonText, relativeText, verdictText } from "./comparison-text.ts";

const alternating = (shift: number) =>
  Array.from({ length: 10 }, (_, i) => 10 + shift + (i % 2 === 0 ? 1 : -1));
const TENS: readonly number[] = Array(10).fill(10);

t.test("what cannot be told is said, with the reason", async (t) => {
  const few = comparePaired([1, 2], [3, 5]);
  t.equal(comparisonText(few, METRICS.p99), "2 seeds are too few to tell");
  t.equal(comparisonText(comparePaired([1], [3]), METRICS.p99), "1 seed is too few to tell");
  const equal = comparePaired(TENS, TENS);
  t.equal(comparisonText(equal, METRICS.p99), "equal in every pair");
  t.equal(verdictText(equal), "equal in every pair");
  t.equal(chanceText(equal.corrected), "-");
  const nothing = comparePaired(Array(10).fill(0), alternating(-10));
  t.equal(relativeText(nothing), "-", "there is no share of nothing");
});

t.test("a verdict that the number of comparisons takes back says so", async (t) => {
  const alone = comparePaired(TENS, alternating(0.86));
  t.equal(verdictText(alone), "higher");
  const [among] = judgedTogether([alone, comparePaired(TENS, alternating(0.1))]);
  t.equal(among && verdictText(among), "no significant difference among 2");
  t.equal(verdictText(comparePaired(TENS, alternating(0.1))), "no significant difference");
});

t.test("differences with their direction, interval and worth", async (t) => {
  const lower = comparePaired(TENS, alternating(-3));
  t.equal(comparisonText(lower, METRICS.p99), "lower by 30.0 % (better), -3.75 to -2.25 ms");
  t.equal(comparisonText(lower, METRICS.goodput), "lower by 30.0 % (worse), -3.75 to -2.25 /s");
  t.equal(comparisonText(lower, METRICS.errors), "lower by 3.00 points (better), -3.75 to -2.25");
  t.equal(relativeText(lower), "-30.0 % (-37.5 to -22.5)");
  t.equal(chanceText(lower.corrected), "<0.001");
  t.equal(chanceText(0.0456), "0.046");
});

t.test("a difference of rounding alone is nothing, without a sign", async (t) => {
  const rounding = { relative: 1e-17, relativeLow: -3e-10, relativeHigh: 2e-10 };
  t.equal(relativeText({ ...comparePaired(TENS, TENS), ...rounding }), "0 % (0 to 0)");
});
