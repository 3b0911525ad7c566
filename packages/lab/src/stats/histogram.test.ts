// Tests quantiles and shares of the histogram against values that are known one by one.
import fc from "fast-check";
import t from "tap";
import { Histogram } from "./histogram.ts";

t.test("quantiles are within a bucket of those of the sorted values", async (t) => {
  const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.001, max: 1, noNaN: true }), (list, quantile) => {
      const histogram = new Histogram();
      for (const value of list) histogram.record(value);
      const sorted = [...list].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(quantile * list.length) - 1] ?? 0;
      // The width of a bucket is 1/128 of the lower end of its octave.
      return Math.abs(histogram.quantile(quantile) - exact) <= exact / 128 + 1e-12;
    }),
  );
  const histogram = new Histogram();
  t.ok(Number.isNaN(histogram.quantile(0.5)) && Number.isNaN(histogram.mean), "empty");
  for (let value = 1; value <= 1000; value++) histogram.record(value);
  t.equal(histogram.mean, 500.5);
  t.ok(Math.abs(histogram.shareAbove(900) - 0.1) < 0.008);
  const double = histogram.copy();
  double.add(histogram);
  t.same([double.count, double.max], [2000, 1000]);
  t.equal(
    [...double.entries()].reduce((sum, [, count]) => sum + count, 0),
    2000,
  );
});

t.test(
  "values spread evenly: a quantile lies where the value does, not at its bucket's end",
  async (t) => {
    const histogram = new Histogram();
    // From 64 to 128 the buckets are half a unit wide, and each holds 50 of these values.
    for (let value = 64; value < 128; value += 0.01) histogram.record(value);
    for (const share of [0.013, 0.1, 0.333, 0.5, 0.9, 0.99, 0.999]) {
      const found = histogram.quantile(share);
      t.ok(Math.abs(found - (64 + 64 * share)) < 0.02, `${share}: ${found}`);
      t.ok(Math.abs(histogram.shareAbove(found) - (1 - share)) < 0.001, `${share}, and back`);
    }
  },
);
