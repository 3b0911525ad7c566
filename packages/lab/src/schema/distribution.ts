// What may be written for a distribution: of the work of a request, of think times.
import * as z from "zod/mini";
import { kind, kinds, list, number, required, share } from "./values.ts";

/** The largest draw: some thirty years, which is "for ever" in a simulation. */
const MOST = 1e12;
const ms = () => number(0, MOST, "milliseconds");

const drawn = [
  kind("constant", "always the same", { value: required(ms(), "the value") }),
  kind("exponential", "exponential", { mean: required(ms(), "the mean") }),
  kind("uniform", "evenly spread between two bounds", {
    from: required(ms(), "the least value"),
    to: required(ms(), "the greatest value"),
  }).check(
    z.refine(({ from, to }) => from <= to, { error: "expected at least 'from'", path: ["to"] }),
  ),
  kind("lognormal", "lognormal", {
    mean: required(ms(), "the mean"),
    sigma: required(number(0, 10), "the standard deviation of the logarithm"),
  }),
  kind("bounded-pareto", "a heavy tail that ends at `max`", {
    alpha: required(number(0.01, 100), "how fast the tail falls: the smaller, the heavier"),
    min: required(number(1e-6, MOST, "milliseconds"), "the least value"),
    max: required(number(1e-6, MOST, "milliseconds"), "the greatest value"),
  }).check(
    z.refine(({ min, max }) => min < max, { error: "expected more than 'min'", path: ["max"] }),
  ),
  kind("bimodal", "mostly `fast`, and sometimes `factor` times as long", {
    fast: required(ms(), "the usual value"),
    slow: required(share(), "the share of the slow ones, 0 to 1"),
    factor: required(number(0, 1e6), "how many times as long the slow ones are"),
  }),
  kind("normal", "normal; a negative draw is drawn again", {
    mean: required(ms(), "the mean, before negative draws are replaced"),
    sd: required(ms(), "the standard deviation"),
  }),
  kind("trace", "the given values in their order, and then again from the first", {
    values: required(list(ms()), "the values"),
  }),
] as const;

/** A distribution that is drawn as it is, without another one in it. */
const single = kinds("distribution", "any distribution but `lesser`", drawn);

export const distribution = kinds("distribution", "how values are distributed, in milliseconds", [
  ...drawn,
  kind("lesser", "the smaller of two draws, such as a connection's life and its greatest age", {
    of: required(single, "one distribution; any but `lesser`"),
    and: required(single, "the other one; any but `lesser`"),
  }),
]);
