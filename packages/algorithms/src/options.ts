// What can be written in `balance` for an algorithm, as data. The configuration derives its schema and its
// reference from it, the laboratory's page its fields, and the picker its defaults. Durations are milliseconds.

/** The kind of values that a key takes. */
export type Values =
  | { readonly kind: "duration" }
  | { readonly kind: "number" | "count"; readonly least: number; readonly most: number }
  | { readonly kind: "flag" }
  | { readonly kind: "choice"; readonly among: readonly string[] }
  | {
      readonly kind: "text";
      /** Matches every text that is accepted; `expected` describes those texts. */
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

/** How the laboratory's page offers a parameter: the label of its field, and the range of a number. */
type FieldOf<V extends Values> = V extends { readonly kind: "choice" }
  ? { readonly label: string }
  : V extends { readonly kind: "duration" | "number" | "count" }
    ? { readonly label: string; readonly range: readonly [min: number, max: number, step: number] }
    : never;

/** A key that tunes the picker. While the key is not written, the picker gets the default. */
export interface Tuning<Name extends string = string, V extends Values = Values> {
  readonly values: V;
  /** The name of the picker's parameter. */
  readonly tunes: Name;
  readonly default: ValueOf<V>;
  /**
   * The meaning, for the reference. The default is added to it, unless the default is 0: the meaning then says what
   * 0 means.
   */
  readonly meaning: string;
  /** Absent = the laboratory's page does not offer it. */
  readonly field?: FieldOf<V>;
}

/** A key that the balancer around the picker reads, such as the name of the cookie whose value is hashed. */
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

/** A key without which the algorithm does not work. The error message says what to write, and what it is for. */
export interface RequiredKey {
  readonly example: string;
  readonly role: string;
}

export type Option = Tuning | Setting | FilledSetting;

/** Keys that stand together in a mapping below `balance`. */
export interface Part<Inner extends Readonly<Record<string, Option>> = Record<string, Option>> {
  /** The heading in the reference, and the sentence below it. */
  readonly title: string;
  readonly about: string;
  readonly meaning: string;
  readonly keys: Inner;
}

/** Options by their keys below `balance`. */
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

/** Describes a key that tunes the picker's parameter `tunes`. */
export function tuning<const Name extends string, const V extends Values>(
  tunes: Name,
  values: V,
  told: Omit<Tuning<Name, V>, "tunes" | "values">,
): Tuning<Name, V> {
  return { values, tunes, ...told };
}

/** Describes a key that the balancer around the picker reads. */
export function setting<const V extends Values>(
  values: V,
  told: Omit<Setting<V>, "values">,
): Setting<V> {
  return { values, ...told };
}

/** The same as `setting`, with the value that holds while the key is not written. */
export function filledSetting<const V extends Values>(
  values: V,
  told: Omit<FilledSetting<V>, "values">,
): FilledSetting<V> {
  return { values, ...told };
}

/** Describes a mapping that holds `keys`. */
export function part<const Inner extends Readonly<Record<string, Option>>>(
  told: Part<Inner>,
): Part<Inner> {
  return told;
}

export const isPart = (option: Option | Part): option is Part => "keys" in option;
export const isTuning = (option: Option | Part): option is Tuning => "tunes" in option;

/** All keys, those inside a `Part` included. */
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

/** Every key with its path below `balance`. A part is listed by its keys, not by itself. */
export function keysIn(options: Options): readonly (readonly [path: readonly string[], Option])[] {
  return Object.entries(options).flatMap(([key, option]) =>
    isPart(option)
      ? keysIn(option.keys).map(([path, inner]) => [[key, ...path], inner] as const)
      : [[[key], option] as const],
  );
}

/** The keys that tune the picker, with their paths. */
export function tuningsIn(
  options: Options,
): readonly (readonly [path: readonly string[], Tuning])[] {
  return keysIn(options).flatMap(([path, option]) =>
    isTuning(option) ? [[path, option] as const] : [],
  );
}
