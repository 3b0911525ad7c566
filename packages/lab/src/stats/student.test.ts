// Holds Student's t against the printed tables (Abramowitz and Stegun 1964, table 26.10; Fisher and Yates 1963).
import t from "tap";
import { tQuantile, tTails } from "./student.ts";

t.test("degrees and confidences that do not exist are refused", async (t) => {
  for (const degrees of [0, -1, 2.5, Number.NaN]) {
    t.throws(() => tQuantile(0.95, degrees), /expected a whole number from 1 on/);
    t.throws(() => tTails(1, degrees), /expected a whole number from 1 on/);
  }
  for (const confidence of [0, 1, 1.5, Number.NaN])
    t.throws(() => tQuantile(confidence, 5), /expected a number above 0 and below 1/);
});

t.test("the quantiles are those of the printed tables", async (t) => {
  const table: Readonly<Record<string, readonly (readonly [degrees: number, printed: string])[]>> =
    {
      0.9: [
        [1, "6.314"],
        [5, "2.015"],
        [10, "1.812"],
        [30, "1.697"],
      ],
      0.95: [
        [1, "12.706"],
        [2, "4.303"],
        [3, "3.182"],
        [4, "2.776"],
        [9, "2.262"],
        [19, "2.093"],
        [30, "2.042"],
        [60, "2.000"],
        [120, "1.980"],
        [999, "1.962"],
      ],
      0.99: [
        [1, "63.657"],
        [5, "4.032"],
        [10, "3.169"],
        [29, "2.756"],
      ],
      0.999: [
        [1, "636.619"],
        [10, "4.587"],
        [120, "3.373"],
      ],
    };
  for (const [confidence, rows] of Object.entries(table))
    for (const [degrees, printed] of rows)
      t.equal(
        tQuantile(Number(confidence), degrees).toFixed(3),
        printed,
        `${confidence} with ${degrees} degrees`,
      );
});

t.test("tails: the inverse of the quantiles, and exact where a formula is short", async (t) => {
  for (const degrees of [1, 2, 3, 8, 25, 500])
    for (const confidence of [0.5, 0.95, 0.999]) {
      const tails = tTails(tQuantile(confidence, degrees), degrees);
      t.ok(Math.abs(tails - (1 - confidence)) < 1e-12, `${degrees}, ${confidence}: ${tails}`);
      t.equal(tTails(-tQuantile(confidence, degrees), degrees), tails, "both sides are counted");
    }
  // One degree is the Cauchy distribution: half of its values lie between −1 and 1.
  t.ok(Math.abs(tTails(1, 1) - 0.5) < 1e-15);
  // With two degrees the chance within t is t / √(2 + t²).
  t.ok(Math.abs(tTails(3, 2) - (1 - 3 / Math.sqrt(11))) < 1e-15);
  t.equal(tTails(0, 7), 1);
  t.equal(tTails(Number.POSITIVE_INFINITY, 7), 0);
  t.ok(Number.isNaN(tTails(Number.NaN, 7)));
});
