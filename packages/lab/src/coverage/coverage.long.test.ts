// Tests the table of `tandem lab coverage` with ten seeds, which is what `tandem lab compare` has: every interval of 95 %
// holds the truth in 93 to 97 of 100 trials. Takes minutes. The case of rare errors is expected to stay below: the page
// docs/lab/intervals.md says so.
import t from "tap";
import { COVERAGE_CASES } from "./cases.ts";
import { measureCoverage } from "./measure.ts";

t.test("1,000 comparisons of ten seeds, in every case", async (t) => {
  for (const test of COVERAGE_CASES)
    for (const row of measureCoverage(test, { trials: 1_000, seedCounts: [10] })) {
      const inLimits = row.held >= 0.93 && row.held <= 0.97;
      t.ok(inLimits, `${test.name}, ${row.metric}, ${row.interval}: ${row.held}`);
    }
});
