import t from "tap";
import { Stream } from "../sim/stream.ts";
import { holm } from "./holm.ts";

t.test("impossible comparisons stay impossible and cost the others nothing", async (t) => {
  t.same(holm([]), []);
  t.same(holm([Number.NaN]), [Number.NaN]);
  t.same(holm([0.02, Number.NaN, 0.03]), [0.04, Number.NaN, 0.04]);
});

t.test("an example by hand: three of four stand, in the given order", async (t) => {
  // Sorted: .01 · 4, .02 · 3, .03 · 2 = .06, .5 · 1.
  t.same(
    holm([0.03, 0.01, 0.5, 0.02]).map((p) => p.toFixed(3)),
    ["0.060", "0.040", "0.500", "0.060"],
  );
  t.same(holm([0.4, 0.5]), [0.8, 0.8], "none is smaller than the one before it");
  t.same(holm([0.6, 0.9]), [1, 1], "none is above 1");
});

t.test("twenty equal comparisons: a false one in one family of twenty, not in most", async (t) => {
  const stream = new Stream(1, "holm");
  let [plain, corrected] = [0, 0];
  for (let family = 0; family < 2_000; family++) {
    const values = Array.from({ length: 20 }, () => stream.next());
    if (values.some((p) => p < 0.05)) plain++;
    if (holm(values).some((p) => p < 0.05)) corrected++;
  }
  // 1 − .95^20 = .64, and 1 − (1 − .05/20)^20 = .049. Three standard errors of 2,000 families are .032 and .015.
  t.ok(Math.abs(plain / 2_000 - 0.64) < 0.033, `${plain}`);
  t.ok(Math.abs(corrected / 2_000 - 0.049) < 0.015, `${corrected}`);
});
