// Describes, as data, the keys that an algorithm has below `balance` in tandem.yaml. The
// configuration's schema and reference, the fields of the laboratory's page, and the picker's
// defaults are all made from these options. Durations are in milliseconds.

/** The kind of values that a key takes. */
export type Values =
  | { readonly kind: "duration" }
  | { readonly kind: "number" | "count"; readonly least: number; readonly most: number }
  | { readonly kind: "flag" }
  | { readonly kind: "choice"; readonly among: readonly string[] }
  | {
      readonly kind: "text";
      /** Matches every accepted text; `expected` describes in words which texts are accepted. */
      readonly pattern?: RegExp;
      readonly expected?: string;
      readonly beginsWith?: string;
    };

/** The type of a key's value after reading; `V` is one of the `Values`. */
export type ValueOf<V extends Values> = V extends { readonly kind: "duration" | "number" | "count" }
  ? number
  : V extends { readonly kind: "choice"; readonly among: readonly (infer Choice)[] }
    ? Choice
    : V extends { readonly kind: "flag" }
      ? boolean
      : string;

/** How the laboratory's page shows a parameter: the label of its field, and for a number its range. */
type FieldOf<V extends Values> = V extends { readonly kind: "choice" }
  ? { readonly label: string }
  : V extends { readonly kind: "duration" | "number" | "count" }
    ? { readonly label: string; readonly range: readonly [min: number, max: number, step: number] }
    : never;

/**
 * A key that sets a parameter of the picker. While the key is not written, the picker uses the
 * default.
 */
export interface Tuning<Name extends string = string, V extends Values = Values> {
  readonly values: V;
  /** The name of the picker's parameter that the key sets. */
  readonly tunes: Name;
  readonly default: ValueOf<V>;
  /**
   * The meaning of the key, as the configuration reference prints it. The reference adds the
   * default, unless the default is 0. In that case the meaning has to say what 0 does.
   */
  readonly meaning: string;
  /** When absent, the laboratory's page has no field for the key. */
  readonly field?: FieldOf<V>;
}

/** A key that the balancer reads and the picker does not, such as the name of the cookie whose value is hashed. */
export interface Setting<V extends Values = Values> {
  readonly values: V;
  readonly meaning: string;
  readonly required?: RequiredKey;
}

/** A setting with a default, which is filled in when the configuration is loaded. */
export interface FilledSetting<V extends Values = Values> {
  readonly values: V;
  readonly meaning: string;
  readonly default: ValueOf<V>;
}

/**
 * Makes a key required, because the algorithm does not work without it. The error message for a
 * missing key shows `example` as the value to write, and `role` says what the key is for.
 */
export interface RequiredKey {
  readonly example: string;
  readonly role: string;
}

export type Option = Tuning | Setting | FilledSetting;

/** Keys that are grouped in a mapping below `balance`. */
export interface Part<Inner extends Readonly<Record<string, Option>> = Record<string, Option>> {
  /**
   * The heading of the keys' own section in the configuration reference. `about` is the sentence
   * below the heading.
   */
  readonly title: string;
  readonly about: string;
  readonly meaning: string;
  readonly keys: Inner;
}

/** The options of an algorithm, by their keys below `balance`. */
export type Options = Readonly<Record<string, Option | Part>>;

export const DURATION = { kind: "duration" } as const;
export const FLAG = { kind: "flag" } as const;
export const numberFrom = (least: number, most: number) =>
  ({ kind: "number", least, most }) as const;
export const countFrom = (least: number, most: number) => ({ kind: "count", least, most }) as const;
export const choice = <const Among extends readonly string[]>(among: Among) =>
  ({ kind: "choice", among }) as const;
export const text = (form: Omit<Extract<Values, { kind: "text" }>, "kind">) =>
  ({ kind: "text", ...form }) as const;

/** Describes a key that sets the picker's parameter `tunes`. */
export function tuning<const Name extends string, const V extends Values>(
  tunes: Name,
  values: V,
  told: Omit<Tuning<Name, V>, "tunes" | "values">,
): Tuning<Name, V> {
  return { values, tunes, ...told };
}

/** Describes a key that the balancer reads and the picker does not. */
export function setting<const V extends Values>(
  values: V,
  told: Omit<Setting<V>, "values">,
): Setting<V> {
  return { values, ...told };
}

/**
 * Describes a key that the balancer reads and the picker does not. The default holds while the key
 * is not written.
 */
export function filledSetting<const V extends Values>(
  values: V,
  told: Omit<FilledSetting<V>, "values">,
): FilledSetting<V> {
  return { values, ...told };
}

/** Describes a mapping below `balance` in which keys are grouped. */
export function part<const Inner extends Readonly<Record<string, Option>>>(
  told: Part<Inner>,
): Part<Inner> {
  return told;
}

export const isPart = (option: Option | Part): option is Part => "keys" in option;
export const isTuning = (option: Option | Part): option is Tuning => "tunes" in option;

/** The types of all options. A `Part` is replaced by the options inside it. */
type Leaves<O extends Options> = {
  [Key in keyof O]: O[Key] extends Part<infer Inner> ? Inner[keyof Inner] : O[Key];
}[keyof O];

/** The parameters of a picker whose options are `O`. */
export type ParametersOf<O extends Options> = {
  readonly [Leaf in Leaves<O> as Leaf extends Tuning<infer Name> ? Name : never]: Leaf extends {
    readonly values: infer V extends Values;
  }
    ? ValueOf<V>
    : never;
};

/**
 * Returns every key with its path below `balance`. The keys inside a part are listed, but not the
 * part itself.
 */
export function keysIn(options: Options): readonly (readonly [path: readonly string[], Option])[] {
  return Object.entries(options).flatMap(([key, option]) =>
    isPart(option)
      ? keysIn(option.keys).map(([path, inner]) => [[key, ...path], inner] as const)
      : [[[key], option] as const],
  );
}

/** Returns the keys that set parameters of the picker, with their paths below `balance`. */
export function tuningsIn(
  options: Options,
): readonly (readonly [path: readonly string[], Tuning])[] {
  return keysIn(options).flatMap(([path, option]) =>
    isTuning(option) ? [[path, option] as const] : [],
  );
}
