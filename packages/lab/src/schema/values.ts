// The kinds of values in a scenario, with their ranges. Whatever the laboratory refuses, it refuses with the words made
// here. The schema is written with zod/mini, because the page of the laboratory carries it to the browser, and zod/mini is a
// quarter of zod there.
import * as z from "zod/mini";

/** Some thirty years: the longest time that a scenario may name. A replayed log may span years. */
const MOST_MS = 1e12;

const plain = (value: number) => value.toLocaleString("en-US", { maximumFractionDigits: 6 });

/** Accepts a number between two bounds. `what` says what is counted, such as "requests per second". */
export function number(least: number, most: number, what = "a number") {
  const words = `expected ${what} from ${plain(least)} to ${plain(most)}`;
  return ranged(z.number(words).check(z.minimum(least, words), z.maximum(most, words)), words);
}

/** Accepts a whole number between two bounds. */
export function count(least: number, most: number) {
  const words = `expected a whole number from ${plain(least)} to ${plain(most)}`;
  return ranged(z.int(words).check(z.minimum(least, words), z.maximum(most, words)), words);
}

/** Notes the range for the reference, in the words of the reports without "expected". */
function ranged<S extends z.ZodMiniType>(schema: S, words: string): S {
  z.globalRegistry.add(schema, { range: words.replace("expected ", "") });
  return schema;
}

/** Accepts a time in milliseconds. */
export const milliseconds = (least = 0, most = MOST_MS) => number(least, most, "milliseconds");

/** Accepts requests per second. */
export const perSecond = () => number(0, 1e9, "requests per second");

/** Accepts a part of a whole, 0 to 1. */
export const share = (most = 1) => number(0, most);

export const flag = () => z.boolean();

export const choice = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z.enum(words);

/** Accepts a text that is not empty. */
export const text = () =>
  z.string("expected text").check(z.minLength(1, "expected text, not nothing"));

/** Accepts a list that is not empty. */
export const list = <S extends z.ZodMiniType>(item: S) =>
  z.array(item).check(z.minLength(1, "expected a list of at least 1"));

/** Says what a key means, in the words of the reference. The key must be written. */
export function required<S extends z.ZodMiniType>(schema: S, description: string): S {
  const copy = schema.clone();
  const { description: about, ...meta } = z.globalRegistry.get(schema) ?? {};
  z.globalRegistry.add(copy, { ...meta, ...(about !== undefined && { about }), description });
  return copy;
}

/** Says what a key means, in the words of the reference. The key may be left out. */
export function optional<S extends z.ZodMiniType>(schema: S, description: string) {
  const key = z.exactOptional(schema);
  z.globalRegistry.add(key, { description });
  return key;
}

/** Makes a mapping that accepts exactly these keys. The reference has a section of this title about it. */
export function mapping<const Shape extends z.core.$ZodShape>(
  title: string,
  description: string,
  shape: Shape,
) {
  const made = z.strictObject(shape);
  z.globalRegistry.add(made, { title, description });
  return made;
}

/** Makes the mapping that is meant when `kind` has this name. */
export function kind<const Name extends string, const Shape extends z.core.$ZodShape>(
  name: Name,
  description: string,
  shape: Shape,
) {
  const made = z.strictObject({ kind: z.literal(name), ...shape });
  z.globalRegistry.add(made, { description });
  return made;
}

/** Makes a choice among mappings that differ in `kind`. The reference has a section of this title about them. */
export function kinds<
  const Options extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(title: string, description: string, options: Options) {
  const made = z.discriminatedUnion("kind", options);
  z.globalRegistry.add(made, { title, description });
  return made;
}

/** Whether each number of a list is at least as large as the one before it. */
export const ascending = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0));
