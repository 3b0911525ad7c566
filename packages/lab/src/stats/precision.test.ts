import t from "tap";
import { seedsFor } from "./precision.ts";

t.test("without an interval no number of seeds is known", async (t) => {
  for (const has of [
    { reach: Number.NaN, count: 10 },
    { reach: Number.POSITIVE_INFINITY, count: 10 },
    { reach: 1, count: 1 },
  ])
    t.ok(Number.isNaN(seedsFor(0.1, has)));
  t.ok(Number.isNaN(seedsFor(Number.NaN, { reach: 1, count: 10 })));
  t.equal(seedsFor(0, { reach: 1, count: 10 }), Number.POSITIVE_INFINITY);
});

t.test("an interval that is narrow enough needs what it has, a wider one more", async (t) => {
  t.equal(seedsFor(0.3, { reach: 0.3, count: 10 }), 10);
  t.equal(seedsFor(0.3, { reach: 0, count: 10 }), 2, "without spread two would do");
  // Half the width: four times the seeds, less what the quantile falls, from 2.262 to 2.037 with 33 of them.
  t.equal(seedsFor(0.15, { reach: 0.3, count: 10 }), 33);
  t.equal(seedsFor(0.6, { reach: 0.3, count: 10 }), 5);
  // A hundredth: 10,000 · 10 · (1.962 / 2.262)² seeds.
  t.ok(Math.abs(seedsFor(0.003, { reach: 0.3, count: 10 }) / 75_270 - 1) < 0.001);
});
