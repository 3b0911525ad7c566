// Makes the keys of `balance` that belong to some algorithms only. They come from the table in @tandem/algorithms,
// which has a row for each algorithm, so every option in a row is accepted, described and checked here.
import { isDeepStrictEqual } from "node:util";
import {
  ALGORITHM_NAMES,
  ALGORITHMS,
  type AlgorithmName,
  type FilledSetting,
  isPart,
  isTuning,
  keysIn,
  type Option,
  type Options,
  type Part,
  type RequiredKey,
  type Tuning,
  type Values,
} from "@tandem/algorithms";
import { z } from "zod";
import { writtenDuration } from "../duration-text.ts";
import { count, duration, number } from "./units.ts";

type Both<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The keys of all algorithms together. */
export type AlgorithmKeys = Both<(typeof ALGORITHMS)[AlgorithmName]["options"]>;

type PlainSchema<V> = V extends { readonly kind: "duration" }
  ? typeof duration
  : V extends { readonly kind: "number" | "count" }
    ? z.ZodNumber
    : V extends {
          readonly kind: "choice";
          readonly among: readonly (infer Choice extends string)[];
        }
      ? z.ZodEnum<{ [C in Choice]: C }>
      : V extends { readonly kind: "flag" }
        ? z.ZodBoolean
        : z.ZodString;

type OptionSchema<O> = O extends { readonly tunes: string; readonly values: infer V }
  ? z.ZodOptional<PlainSchema<V>>
  : O extends { readonly default: unknown; readonly values: infer V }
    ? z.ZodPrefault<PlainSchema<V>>
    : O extends { readonly values: infer V }
      ? z.ZodOptional<PlainSchema<V>>
      : never;

type KeySchema<O> =
  O extends Part<infer Inner>
    ? z.ZodOptional<z.ZodObject<{ [Key in keyof Inner]: OptionSchema<Inner[Key]> }, z.core.$strict>>
    : OptionSchema<O>;

interface Owned<O> {
  readonly owner: AlgorithmName;
  readonly option: O;
}

const owned: ReadonlyMap<string, readonly Owned<Option | Part>[]> = Map.groupBy(
  ALGORITHM_NAMES.flatMap((owner) =>
    Object.entries<Option | Part>(ALGORITHMS[owner].options satisfies Options).map(
      ([key, option]) => ({ key, owner, option }),
    ),
  ),
  ({ key }) => key,
);

/** The algorithms to which each key belongs. */
export const OWNERS: ReadonlyMap<string, readonly AlgorithmName[]> = new Map(
  [...owned].map(([key, list]) => [key, list.map(({ owner }) => owner)]),
);

/** Returns the keys that must be written when an algorithm is used, by their path below `balance`. */
export function requiredBy(
  owner: AlgorithmName,
): readonly (readonly [path: readonly string[], RequiredKey])[] {
  return keysIn(ALGORITHMS[owner].options).flatMap(([path, option]) =>
    "required" in option && option.required !== undefined ? [[path, option.required] as const] : [],
  );
}

/** The keys for the schema of `balance`, in the order of the algorithms that have them. */
export const algorithmKeys = Object.fromEntries(
  [...owned].map(([key, list]) => [key, schemaOf(key, list)]),
) as { readonly [Key in keyof AlgorithmKeys]: KeySchema<AlgorithmKeys[Key]> };

function schemaOf(key: string, list: readonly Owned<Option | Part>[]): z.ZodType {
  const [{ owner, option }] = list as [Owned<Option | Part>];
  for (const other of list) refuseTwoMeanings(key, { owner, option }, other);
  const of = list.length === 1 ? `\`${owner}\`: ` : "";
  if (!isPart(option)) return optionSchema(option, list as Owned<Option>[], of);
  const inner = Object.entries(option.keys).map(([name, own]) => [
    name,
    optionSchema(own, [{ owner, option: own }]),
  ]);
  return z
    .strictObject(Object.fromEntries(inner))
    .meta({ title: option.title, description: option.about })
    .optional()
    .meta({ description: of + option.meaning });
}

/** Throws when a key has different meanings for two algorithms that share it. Only the default may differ. */
export function refuseTwoMeanings(
  key: string,
  one: Owned<Option | Part>,
  other: Owned<Option | Part>,
): void {
  const common = ({ option }: Owned<Option | Part>) =>
    isPart(option) ? option : { ...option, default: undefined };
  if (!isDeepStrictEqual(common(one), common(other)))
    throw new Error(
      `balance.${key} does not mean the same for ${one.owner} and ${other.owner}; share it (common-options.ts), or give one of them another name`,
    );
}

function optionSchema(option: Option, list: readonly Owned<Option>[], of = ""): z.ZodType {
  const plain = plainSchema(option.values);
  const description = of + option.meaning;
  if (isTuning(option))
    return plain.optional().meta({ description: description + unlessSaid(list) });
  if (!("default" in option)) return plain.optional().meta({ description });
  const filled =
    option.values.kind === "duration"
      ? plain.prefault(asWritten(option))
      : plain.default(option.default);
  return filled.meta({ description });
}

/**
 * Returns the words that describe an option's default value. The schema itself sets no default,
 * because algorithms that share the option may have different defaults.
 */
function unlessSaid(list: readonly Owned<Option>[]): string {
  const [usual, ...others] = list.flatMap(({ owner, option }) => {
    if (!isTuning(option)) return [];
    const value = asWritten(option);
    return [{ owner, value: option.values.kind === "choice" ? `\`${value}\`` : value }];
  });
  if (usual === undefined || usual.value === "0") return ""; // the description says what 0 means
  const different = others.filter(({ value }) => value !== usual.value);
  const but = different.map(({ owner, value }) => `\`${owner}\`: ${value}`).join(", ");
  return `; ${usual.value} by default${but === "" ? "" : ` (${but})`}`;
}

function asWritten({ values, default: value }: Tuning | FilledSetting): string {
  return values.kind === "duration" ? writtenDuration(Number(value)) : String(value);
}

function plainSchema(values: Values): z.ZodType {
  switch (values.kind) {
    case "duration":
      return duration;
    case "number":
      return number(values.least, values.most);
    case "count":
      return count(values.least, values.most);
    case "choice":
      return z.enum(values.among);
    case "flag":
      return z.boolean();
    case "text":
      return textSchema(values);
  }
}

function textSchema({ pattern, expected, beginsWith }: Extract<Values, { kind: "text" }>) {
  if (beginsWith !== undefined) return z.string().startsWith(beginsWith);
  return pattern === undefined ? z.string().min(1) : z.string().regex(pattern, expected);
}
