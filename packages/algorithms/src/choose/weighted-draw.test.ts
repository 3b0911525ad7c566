// Tests that the guide leads to the server that a search through all cumulative weights finds.
import fc from "fast-check";
import t from "tap";
import { Dice } from "../dice.ts";
import { WeightedDraw } from "./weighted-draw.ts";

/** Dice that show one number. */
class Loaded extends Dice {
  readonly #bits: number;

  constructor(bits: number) {
    super(() => 0);
    this.#bits = bits;
  }

  override bits(): number {
    return this.#bits;
  }
}

function searched(weights: readonly number[], share: number): number {
  let sum = 0;
  const upTo = weights.map((weight) => (sum += weight));
  const found = upTo.findIndex((bound) => bound > share * sum);
  return found < 0 ? weights.length - 1 : found;
}

t.test("the guide leads to the server of a search through all weights", async () => {
  const weight = fc.oneof(
    fc.integer({ min: 1, max: 256 }),
    fc.double({ min: 0.001, max: 3, noNaN: true }),
    fc.constantFrom(0.1, 1e-9, 1e6),
  );
  fc.assert(
    fc.property(
      fc.array(weight, { minLength: 1, maxLength: 40, size: "max" }),
      fc.array(fc.nat(2 ** 31 - 1), { maxLength: 30, size: "max" }),
      (weights, drawn) =>
        // The borders between equal parts are where rounding could lead astray.
        [
          ...drawn,
          ...weights.map((_, i) => Math.floor((i * 2 ** 31) / weights.length)),
          2 ** 31 - 1,
        ].every((bits) => {
          const draw = new WeightedDraw(new Loaded(bits));
          draw.update(weights);
          const equal = weights.every((one) => one === weights[0]);
          const share = bits / 2 ** 31;
          const expected = equal ? Math.floor(share * weights.length) : searched(weights, share);
          return draw.draw() === expected;
        }),
    ),
  );
});

t.test("nothing to draw from", async (t) => {
  const draw = new WeightedDraw(new Loaded(5));
  draw.update([]);
  t.equal(draw.draw(), -1);
});
