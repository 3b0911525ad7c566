// Tests the table of `tandem lab coverage` with ten seeds, which is what `tandem lab compare` has: every interval of 95 %
// holds the truth in at least 93 of 100 trials, and hardly one in more than 97. Takes minutes.
import t from "tap";
import { COVERAGE_CASES } from "./cases.ts";
import { measureCoverage } from "./measure.ts";
import { twoQueues } from "./two-queues.ts";

t.test("1,000 comparisons of ten seeds, in every case", async (t) => {
  let [wide, all] = [0, 0];
  for (const test of COVERAGE_CASES)
    for (const row of await measureCoverage(test, { trials: 1_000, seedCounts: [10] })) {
      t.ok(row.held >= 0.93, `${test.name}, ${row.metric}, ${row.interval}: ${row.held}`);
      all++;
      if (row.held > 0.97) wide++;
    }
  t.ok(wide <= all / 20, `${wide} of ${all} are wider than they had to be`);
});

t.test("the simulator against a formula: 1,000 comparisons of five seeds", async (t) => {
  const found = await measureCoverage(twoQueues, { trials: 1_000, seedCounts: [5] });
  t.equal(found.length, 9);
  for (const { metric, interval, held } of found)
    t.ok(held >= 0.93 && held <= 0.97, `${metric}, ${interval}: ${held}`);
});
