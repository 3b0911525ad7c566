// Tests that an interval of 95 % holds the truth in 93 to 97 of 100 trials. With 1,000 trials the standard error of a
// share of 95 % is .7 points, so a right interval stays between these limits by almost three of them. The seeds are
// fixed. The simulator's own figures, and the whole table of `tandem lab coverage`,
// are tested in coverage.long.test.ts.
import t from "tap";
import { Stream } from "../sim/stream.ts";
import { comparePaired } from "../stats/compare.ts";
import { estimate } from "../stats/estimate.ts";

const inLimits = (share: number) => share >= 0.93 && share <= 0.97;

t.test("an interval that is too narrow is found out", async (t) => {
  const stream = new Stream(1, "coverage");
  let held = 0;
  for (let trial = 0; trial < 1_000; trial++) {
    const values = Array.from({ length: 10 }, () => stream.normal());
    const { low, high } = estimate(values, 0.9);
    if (low <= 0 && high >= 0) held++;
  }
  t.notOk(inLimits(held / 1_000), `${held}`);
});

t.test("differences of pairs, few and many, normal and skewed", async (t) => {
  const stream = new Stream(2, "coverage");
  // A log-normal number with σ = .4 has a skewness of 1.3, as p99 over the seeds of short runs.
  const differences = {
    normal: { draw: () => 1 + stream.normal(), truth: 1 },
    "skewed like p99": { draw: () => Math.exp(0.4 * stream.normal()), truth: Math.exp(0.08) },
  };
  for (const [name, { draw, truth }] of Object.entries(differences))
    for (const seeds of [5, 10, 20]) {
      let held = 0;
      for (let trial = 0; trial < 2_000; trial++) {
        const a = Array.from({ length: seeds }, () => 10 + 5 * stream.normal());
        const { low, high } = comparePaired(
          a,
          a.map((value) => value + draw()),
        );
        if (low <= truth && truth <= high) held++;
      }
      t.ok(inLimits(held / 2_000), `${name}, ${seeds} seeds: ${held / 2_000}`);
    }
});
