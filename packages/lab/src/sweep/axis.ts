// Reads what is to be swept: `load=.1:.95:.05`, `servers=2,4,8`, `service.sigma=.5:2:.5`, `random:draws=1:5:1`.

/** What is wrong with such a text, in words for the person who typed it. */
export class AxisError extends Error {
  override readonly name = "AxisError";
}

export type AxisValue = number | string;

export interface Axis {
  /** The key as it was typed, which is the name of the axis. */
  readonly name: string;
  /** The algorithm whose parameter `key` is; undefined when `key` belongs to the scenario. */
  readonly algorithm?: string;
  /** The path of the key, without the algorithm. */
  readonly key: readonly string[];
  readonly values: readonly AxisValue[];
}

const MOST_VALUES = 1_000;

/** Reads one text. Throws an AxisError. */
export function readAxis(text: string): Axis {
  const split = text.indexOf("=");
  const name = text.slice(0, Math.max(0, split));
  const [, algorithm, key = ""] = /^(?:([^:]+):)?(.+)$/.exec(name) ?? [];
  const path = key.split(".");
  if (split < 1 || path.some((part) => !/^\w[\w-]*$/.test(part) || part === "__proto__"))
    throw wrong(text, "expected KEY=FROM:TO:STEP or KEY=VALUE,VALUE, such as load=.1:.9:.1");
  const values = valuesOf(text, text.slice(split + 1), algorithm !== undefined);
  return { name, key: path, values, ...(algorithm !== undefined && { algorithm }) };
}

function valuesOf(text: string, typed: string, words: boolean): readonly AxisValue[] {
  const range = typed.split(":");
  if (range.length === 3) return rangeOf(text, range);
  if (range.length === 2) throw wrong(text, `'${typed}' has no step, expected FROM:TO:STEP`);
  const values = typed.split(",").map((value): AxisValue => {
    const number = numberOf(value);
    if (number !== undefined) return number;
    if (words && value !== "") return value;
    throw wrong(text, `found '${value}', expected a number`);
  });
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw wrong(text, `${twice} is there twice`);
  return values;
}

function rangeOf(text: string, typed: readonly string[]): readonly number[] {
  const [from = Number.NaN, to = Number.NaN, step = Number.NaN] = typed.map((part) => {
    const number = numberOf(part);
    if (number === undefined) throw wrong(text, `found '${part}', expected a number`);
    return number;
  });
  if (!(step > 0)) throw wrong(text, `the step is ${step}, expected a number above 0`);
  if (to < from) throw wrong(text, `${to} is below ${from}, expected FROM:TO:STEP upwards`);
  // The end belongs to the range, also where rounding makes the last step a little too long.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MOST_VALUES)
    throw wrong(text, `${count.toLocaleString("en-US")} values, expected at most 1,000`);
  return Array.from({ length: count }, (_, i) => Number((from + i * step).toPrecision(12)));
}

function numberOf(text: string): number | undefined {
  const number = Number(text);
  return text.trim() === "" || !Number.isFinite(number) ? undefined : number;
}

const wrong = (text: string, what: string) => new AxisError(`--sweep ${text}: ${what}`);
