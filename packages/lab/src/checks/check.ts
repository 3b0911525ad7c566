// A check compares a simulated or computed figure with the figure of a theory or a paper. Every
// figure is computed again in every run. The accepted difference is the stated tolerance or three
// standard errors, whichever is larger.
import type { Estimate } from "../stats/estimate.ts";

export interface Finding {
  readonly what: string;
  /** The expected number, or the expected result in words. */
  readonly expected: number | string;
  readonly found: number | string;
  /** The interval in which `found` has to lie; absent when words are compared. */
  readonly interval?: readonly [low: number, high: number];
  readonly holds: boolean;
}

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Whether the check takes longer than a few seconds. Such a check runs only with `--full`, or when it is named. */
  readonly slow?: true;
  /** Whether the check takes only a second or two. Such a check is run by the package's tests. */
  readonly fast?: true;
  /** Runs the check. With `full` there are more repetitions than usual. */
  readonly run: (full: boolean) => readonly Finding[];
}

export interface Verdict {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly verdict: "holds" | "fails";
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/**
 * Runs a check and returns its verdict with its running time. `now` returns the time in
 * milliseconds.
 */
export function runCheck(check: Check, full: boolean, now: () => number): Verdict {
  const began = now();
  const findings = check.run(full);
  const { id, title, source } = check;
  return {
    id,
    title,
    source,
    verdict: findings.length > 0 && findings.every(({ holds }) => holds) ? "holds" : "fails",
    findings,
    seconds: (now() - began) / 1000,
  };
}

/**
 * Checks that a figure differs from the expected value by at most the fraction `share` of that
 * value, or by three standard errors if these are more.
 */
export function near(
  what: string,
  found: number | Estimate,
  expected: number,
  share: number,
): Finding {
  const [value, error] = typeof found === "number" ? [found, 0] : [found.mean, found.error];
  const reach = Math.max(share * Math.abs(expected), 3 * error);
  return within(what, value, expected - reach, expected + reach, expected);
}

export function within(
  what: string,
  found: number,
  low: number,
  high: number,
  expected: number | string = `${low} to ${high}`,
): Finding {
  return { what, expected, found, interval: [low, high], holds: found >= low && found <= high };
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
