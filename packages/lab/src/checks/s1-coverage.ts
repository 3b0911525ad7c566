// S1: the intervals themselves. Of many samples whose true mean is known, 95 of 100 have to give a 95 % interval that
// holds it. Samples of exponential numbers and small samples are the hard cases.
import { Stream } from "../sim/stream.ts";
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

export const coverage: Check = {
  id: "S1",
  title: "The 95 % intervals hold the true value in 95 of 100 cases",
  source: "Student 1908",
  fast: true,
  run: (full) => [5, 10, 20].map((size) => covered(size, full ? 200_000 : 20_000)),
};
