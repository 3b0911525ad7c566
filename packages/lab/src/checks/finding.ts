// Makes findings: compares a found figure with an expected one, and says what was compared.
import type { Estimate } from "../stats/estimate.ts";
import type { Finding } from "./check.ts";
import { intervalOf } from "./confidence.ts";

interface Theory {
  /** How far the expected number may be off, because its theory is an approximation. Default 0: it is exact. */
  readonly slack?: number;
  readonly method?: string;
}

/** Checks that the expected number lies in the interval of the found one, or outside it by at most the slack. */
export function agrees(
  what: string,
  found: Estimate,
  expected: number,
  { slack = 0, method }: Theory = {},
): Finding {
  const interval = intervalOf(found);
  const holds = expected >= interval[0] - slack && expected <= interval[1] + slack;
  return {
    what,
    expected,
    found: found.mean,
    interval,
    ...(slack > 0 && { slack }),
    ...(method !== undefined && { method }),
    holds,
  };
}

/** Checks a number without chance, which may differ from the expected one by the rounding `slack`. */
export function exactly(what: string, found: number, expected: number, slack: number): Finding {
  return { what, expected, found, slack, holds: Math.abs(found - expected) <= slack };
}

/** Checks that a found number lies between bounds that theory gives. */
export function within(
  what: string,
  found: number,
  low: number,
  high: number,
  expected: number | string = `${low} to ${high}`,
): Finding {
  return { what, expected, found, bounds: [low, high], holds: found >= low && found <= high };
}

/** Checks that the whole interval of the found number is above `limit`: that it is surely above. */
export function above(what: string, found: Estimate, limit: number): Finding {
  const interval = intervalOf(found);
  const holds = interval[0] > limit;
  return { what, expected: `> ${limit}`, found: found.mean, interval, holds };
}

/** Checks that a text, number or list is exactly as expected. */
export function same(
  what: string,
  found: string | number | readonly (string | number)[],
  expected: string | number | readonly (string | number)[],
): Finding {
  const text = (value: typeof found) => (typeof value === "object" ? value.join(" ") : value);
  return {
    what,
    expected: text(expected),
    found: text(found),
    holds: text(found) === text(expected),
  };
}

/** Checks that the named values are in the expected order, smallest first. */
export function ascending(
  what: string,
  values: readonly (readonly [name: string, value: number])[],
): Finding {
  return {
    what,
    expected: values.map(([name]) => name).join(" < "),
    found: values.map(([name, value]) => `${name} ${value.toPrecision(4)}`).join(", "),
    holds: values.every(([, value], i) => i === 0 || value > (values[i - 1]?.[1] ?? Infinity)),
  };
}
