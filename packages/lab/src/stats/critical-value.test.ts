import t from "tap";
import { Stream } from "../sim/stream.ts";
import { criticalValue } from "./critical-value.ts";
import { tQuantile } from "./student.ts";

const stream = new Stream(3, "critical");
const normal = (count: number) => Array.from({ length: count }, () => stream.normal());

t.test(
  "values that do not differ enough have none, values that do not differ that of t",
  async (t) => {
    for (const ones of [1, 2])
      t.equal(
        criticalValue([...Array(ones).fill(1), ...Array(10 - ones).fill(0)], 0.95),
        Number.POSITIVE_INFINITY,
      );
    t.equal(criticalValue(Array(10).fill(4), 0.95), tQuantile(0.95, 9));
  },
);

t.test("below five values and above a hundred it is Student's t", async (t) => {
  for (const count of [2, 4, 101])
    t.equal(criticalValue(normal(count), 0.95), tQuantile(0.95, count - 1));
});

t.test("the same values have the same, in any unit and at any place", async (t) => {
  const values = normal(12);
  const found = criticalValue(values, 0.95);
  t.equal(criticalValue(values, 0.95), found);
  const moved = criticalValue(
    values.map((value) => 1_000 + value / 64),
    0.95,
  );
  t.ok(Math.abs(moved / found - 1) < 1e-6);
});

t.test("normal values: near t; skewed ones: farther", async (t) => {
  const mean = (draw: () => readonly number[]) => {
    const found = Array.from({ length: 200 }, () => criticalValue(draw(), 0.95));
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  };
  const usual = mean(() => normal(20)) / tQuantile(0.95, 19);
  const skewed = mean(() => normal(20).map((value) => Math.exp(value))) / tQuantile(0.95, 19);
  t.ok(usual > 0.98 && usual < 1.1, `${usual}`);
  t.ok(skewed > 1.2, `${skewed}`);
});
