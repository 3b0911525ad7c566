// S1: the intervals themselves. Of many samples whose true mean is known, 95 of 100 have to give a 95 % interval that
// holds it. `tandem lab coverage` measures the same for the skewed values that simulations give.
import { Stream } from "../sim/stream.ts";
import { comparePaired } from "../stats/compare.ts";
import { estimate } from "../stats/estimate.ts";
import type { Check, Finding } from "./check.ts";
import { shareOf } from "./confidence.ts";
import { agrees } from "./finding.ts";

function covered(size: number, trials: number): Finding {
  const stream = new Stream(size, "coverage");
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { low, high } = estimate(Array.from({ length: size }, () => 1 + stream.normal()));
    if (low <= 1 && 1 <= high) hits++;
  }
  return agrees(
    `mean of ${size} normal numbers: share of intervals that hold the true mean`,
    shareOf(hits, trials, 0.95),
    0.95,
    { method: "Student's t is exact for normal numbers" },
  );
}

/** The interval of a difference of pairs, whose true mean is 1. It is Student's, mixed with a bootstrap. */
function coveredPairs(pairs: number, trials: number): Finding {
  const stream = new Stream(pairs, "pairs");
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const before = Array.from({ length: pairs }, () => 10 + stream.normal());
    const { low, high } = comparePaired(
      before,
      before.map((value) => value + 1 + stream.normal()),
    );
    if (low <= 1 && 1 <= high) hits++;
  }
  return agrees(
    `difference of ${pairs} pairs: share of intervals that hold the true one`,
    shareOf(hits, trials, 0.95),
    0.95,
    { slack: 0.01, method: "Student's t, to which the bootstrap adds skewness" },
  );
}

export const coverage: Check = {
  id: "S1",
  title: "The 95 % intervals hold the true value in 95 of 100 cases",
  source: "Student 1908",
  fast: true,
  *run(full) {
    for (const size of [5, 10, 20]) yield covered(size, full ? 200_000 : 20_000);
    for (const pairs of [5, 10]) yield coveredPairs(pairs, full ? 20_000 : 2_000);
  },
};
