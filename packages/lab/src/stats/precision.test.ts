import t from "tap";
import { Stream } from "../sim/stream.ts";
import { estimate } from "./estimate.ts";
import { nextCount, seedsFor } from "./precision.ts";

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

t.test("the next round: no more than wanted, four times as many, or the bound", async (t) => {
  t.equal(nextCount(0.3, { reach: 0.3, count: 10 }, 100), 10);
  t.equal(nextCount(0.3, { reach: Number.NaN, count: 10 }, 100), 10, "no interval: no more rounds");
  t.equal(nextCount(0.25, { reach: 0.3, count: 10 }, 100), 14);
  t.equal(nextCount(0.01, { reach: 0.3, count: 10 }, 100), 40);
  t.equal(nextCount(0.01, { reach: 0.3, count: 40 }, 100), 100);
  t.equal(nextCount(0.01, { reach: 0.3, count: 100 }, 100), 100);
  t.equal(nextCount(0.01, { reach: 0.3, count: 12 }, 10), 12, "what has run has run");
});

t.test("intervals that are made narrow by more seeds still hold", async (t) => {
  const stream = new Stream(1, "precision");
  const draws = {
    normal: () => 10 + 4 * stream.normal(),
    skewed: () => 5 * Math.exp(0.5 * stream.normal()),
  };
  const truths = { normal: 10, skewed: 5 * Math.exp(0.125) };
  for (const name of ["normal", "skewed"] as const) {
    let [held, enough] = [0, 0];
    for (let trial = 0; trial < 1_000; trial++) {
      const values = Array.from({ length: 10 }, draws[name]);
      for (;;) {
        const { mean, low, high } = estimate(values);
        const reached = { reach: (high - low) / 2 / mean, count: values.length };
        const next = nextCount(0.1, reached, 1_000);
        if (next > values.length) {
          while (values.length < next) values.push(draws[name]());
          continue;
        }
        if (low <= truths[name] && truths[name] <= high) held++;
        if (reached.reach <= 0.1) enough++;
        break;
      }
    }
    t.equal(enough, 1_000);
    // Stopping when the interval happens to be narrow costs one or two points.
    t.ok(held >= 920 && held <= 970, `${name}: ${held}`);
  }
});
