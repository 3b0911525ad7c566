// Reads how long requests take as people write it: 'lognormal mean 12ms sigma 1'. A bare number is milliseconds.
import { durationMs } from "@tandem/config/findings";
import { distribution as schema } from "../schema/distribution.ts";
import { check } from "../schema/findings.ts";
import { inOneLine } from "../schema/in-one-line.ts";
import type { Distribution } from "../sim/distribution.ts";

/** What can be written, the first key being the one that may be left out before a single value. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  constant: ["value"],
  exponential: ["mean"],
  lognormal: ["mean", "sigma"],
  uniform: ["from", "to"],
  "bounded-pareto": ["alpha", "min", "max"],
  bimodal: ["fast", "slow", "factor"],
  normal: ["mean", "sd"],
};

const EXAMPLES = "'lognormal mean 12ms sigma 1', 'exponential 12ms' or 'constant 12ms'";

/** Returns the distribution. Throws a RangeError that says what is wrong with the text and what is expected. */
export function readService(text: string): Distribution {
  const [kind = "", ...words] = text.trim().split(/[\s,=:]+/);
  const keys = KINDS[kind];
  if (keys === undefined)
    throw new RangeError(
      `found '${text}', expected how long requests take, such as ${EXAMPLES}; kinds: ${Object.keys(KINDS).join(", ")}`,
    );
  const pairs = words.length === 1 ? [keys[0] ?? "", ...words] : words;
  const entries: [string, number][] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const [key = "", word = ""] = pairs.slice(i, i + 2);
    if (!keys.includes(key) || entries.some(([known]) => known === key))
      throw new RangeError(`'${key}' in '${text}': ${kind} has ${keys.join(", ")}, each once`);
    entries.push([key, numberIn(word, key, text)]);
  }
  const { data, findings } = check(schema, { kind, ...Object.fromEntries(entries) });
  if (data === undefined) throw new RangeError(`'${text}': ${findings.map(inOneLine).join("; ")}`);
  return data;
}

function numberIn(word: string, key: string, text: string): number {
  const value = word.trim() === "" ? Number.NaN : Number(word);
  const ms = Number.isNaN(value) ? preciseMs(word) : value;
  if (!Number.isFinite(ms))
    throw new RangeError(
      `${key} in '${text}': found '${word}', expected a number or a time such as 12ms`,
    );
  return ms;
}

/** Returns the milliseconds of `1.5ms` or `.2s`; NaN for any other text. */
export function preciseMs(text: string): number {
  const [, number, unit] = /^(\d*\.?\d+)(ms|s)$/.exec(text) ?? [];
  return number === undefined ? durationMs(text) : Number(number) * (unit === "s" ? 1000 : 1);
}

/** The 99th percentile of the normal distribution. */
const Z99 = 2.3263478740408408;

/**
 * Returns the lognormal distribution with this mean and 99th percentile. Throws a RangeError when there is none: the
 * percentile of a lognormal is at most some 15 times its mean, and more than its mean unless the spread is very large.
 */
export function lognormalFrom(meanMs: number, p99Ms: number): Distribution {
  const most = Math.exp(Z99 ** 2 / 2);
  const ratio = p99Ms / meanMs;
  if (!(ratio > 1 && ratio < most))
    throw new RangeError(
      `a p99 of ${p99Ms} ms beside a mean of ${meanMs} ms: expected between 1 and ${most.toFixed(1)} times the mean; ` +
        "for a rarer and longer tail use --service 'bimodal fast 5ms slow .01 factor 50', or --log",
    );
  // p99 / mean = exp(z·σ − σ²/2); of the two solutions the smaller spread is meant.
  const sigma = Z99 - Math.sqrt(Z99 ** 2 - 2 * Math.log(ratio));
  return { kind: "lognormal", mean: meanMs, sigma: Number(sigma.toPrecision(6)) };
}

/** Writes a distribution as `readService` reads it. */
export function writtenService(one: Distribution): string {
  const { kind, ...values } = one;
  const plain = (value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(3)) : value;
  return [kind, ...Object.entries(values).map(([key, value]) => `${key} ${plain(value)}`)].join(
    " ",
  );
}
