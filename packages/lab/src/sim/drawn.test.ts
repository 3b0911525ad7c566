// Tests what is drawn and measured against the exact distribution: exponential numbers, batches, quantiles.
import t from "tap";
import { Histogram } from "../stats/histogram.ts";
import { compileArrivals } from "./arrivals.ts";
import { Stream } from "./stream.ts";

t.test("exponential numbers: the share above each bound, far out in the tail too", async (t) => {
  const stream = new Stream(1, "exponential");
  const count = 1_000_000;
  const bounds = [0.05, 0.2, 0.5, 1, 2, 4, 8];
  const above = bounds.map(() => 0);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = stream.exponential();
    sum += value;
    for (const [at, bound] of bounds.entries()) if (value > bound) above[at] = (above[at] ?? 0) + 1;
  }
  // A share of n draws is binomial; four standard deviations.
  for (const [at, bound] of bounds.entries()) {
    const expected = Math.exp(-bound);
    const reach = 4 * Math.sqrt((expected * (1 - expected)) / count);
    const found = (above[at] ?? 0) / count;
    t.ok(Math.abs(found - expected) < reach, `P(X > ${bound}): ${found} is about ${expected}`);
  }
  t.ok(Math.abs(sum / count - 1) < 4 / Math.sqrt(count), "the mean is 1");
});

t.test("batches: as many at one instant as their size says", async (t) => {
  const process = compileArrivals({ kind: "batch", ratePerSecond: 1000, size: 3 });
  const stream = new Stream(1, "arrivals");
  const times: number[] = [];
  for (let i = 0; i < 12; i++) times.push(process.next(times.at(-1) ?? 0, stream));
  const sizes = [...new Set(times)].map((time) => times.filter((other) => other === time).length);
  t.same(sizes, [3, 3, 3, 3]);
});

t.test("quantiles lie within their buckets, not at the lower end", async (t) => {
  const histogram = new Histogram();
  for (let i = 0; i < 100_000; i++) histogram.record(1 + (i + 0.5) / 100_000);
  for (const q of [0.1, 0.333, 0.5, 0.777, 0.95])
    t.ok(Math.abs(histogram.quantile(q) - (1 + q)) < 1e-4, `quantile ${q}`);
});
