// Compares the simulator's own logarithm and exponential with the functions of the JavaScript engine. Engines differ
// from each other in the last bit.
import t from "tap";
import { exp, ln } from "./elementary.ts";

const PLACE = 2 ** -52;

t.test("ln and exp are within two units in the last place of the engine's", (t) => {
  // Each of the two functions is off by less than one unit in the last place, so their results differ by less than two
  // units.
  let worst = 0;
  for (let i = 1; i <= 100_000; i++) {
    const [x, y] = [i / 100_000, (i / 100_000 - 0.5) * 1_400];
    worst = Math.max(worst, Math.abs(ln(x) - Math.log(x)) / Math.max(PLACE, -Math.log(x)));
    worst = Math.max(worst, Math.abs(exp(y) / Math.exp(y) - 1));
    worst = Math.max(worst, Math.abs(ln(1e9 * x) / Math.log(1e9 * x) - 1));
  }
  t.ok(worst < 2 * PLACE, `${worst / PLACE} places`);
  t.strictSame([ln(1), exp(0), exp(-1_000)], [0, 1, 0]);
  t.end();
});

t.test("ln and exp give the recorded bits", (t) => {
  // These exact bits are checked because every run of every seed depends on them.
  t.strictSame(
    [ln(0.7), ln(12_345), exp(1.5), exp(-7.3)],
    [-0.35667494393873245, 9.42100640177928, 4.4816890703380645, 0.0006755387751938444],
  );
  t.end();
});
