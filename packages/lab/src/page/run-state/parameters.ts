// The parameters for which the page has a field, for each algorithm. Their names and values are those of tandem.yaml,
// below `balance`; a duration is shown as a number of milliseconds.
import { type Tuning, tuningsIn } from "@tandem/balancer/pickers";
import { durationMs, valueAt, writtenDuration } from "@tandem/config/findings";
import { ALGORITHMS, type Parameters, subjectOf } from "../../sim/algorithms.ts";

/** A field. `name` is the path of the key, such as `hash.method`. */
export type Tunable = { readonly name: string; readonly label: string } & (
  | {
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly usual: number;
      /** Whether the number is the milliseconds of a duration. */
      readonly duration: boolean;
    }
  | { readonly kind: "choice"; readonly options: readonly string[]; readonly usual: string }
);

/**
 * Returns the parameters that a visitor can set for an algorithm. These are the parameters for which the algorithm's
 * row in the registry describes a form field.
 */
export function tunablesOf(algorithm: string): readonly Tunable[] {
  return tuningsIn(subjectOf(algorithm)?.options ?? {}).flatMap(([path, tuning]) =>
    tunableOf(path.join("."), tuning),
  );
}

function tunableOf(name: string, { values, default: usual, field }: Tuning): Tunable[] {
  if (field === undefined) return [];
  const { label } = field;
  if (values.kind === "choice")
    return [{ name, label, kind: "choice", options: values.among, usual: String(usual) }];
  if (!("range" in field)) return [];
  const [min, max, step] = field.range;
  const duration = values.kind === "duration";
  return [{ name, label, kind: "number", min, max, step, usual: Number(usual), duration }];
}

/** Returns the value that a field shows. */
export function fieldValue(tunable: Tunable, parameters: Parameters): number | string {
  const value = valueAt(parameters, tunable.name.split("."));
  if (value === undefined) return tunable.usual;
  if (tunable.kind === "choice") return String(value);
  return tunable.duration ? durationMs(String(value)) : Number(value);
}

/** Returns the parameters after a visitor has set a field. A value that is the default is left out. */
export function withField(
  tunable: Tunable,
  parameters: Parameters,
  value: number | string,
): Parameters {
  const written =
    tunable.kind === "number" && tunable.duration ? writtenDuration(Number(value)) : value;
  return replaced(
    parameters,
    tunable.name.split("."),
    value === tunable.usual ? undefined : written,
  );
}

function replaced(mapping: Parameters, path: readonly string[], value: unknown): Parameters {
  const [first = "", ...rest] = path;
  const { [first]: old, ...others } = mapping;
  if (rest.length === 0) return value === undefined ? others : { ...others, [first]: value };
  const inner = replaced(typeof old === "object" && old !== null ? { ...old } : {}, rest, value);
  return Object.keys(inner).length === 0 ? others : { ...others, [first]: inner };
}

/** Returns the parameters as pairs of a path and a value: `["hash.method", "ring"]`. */
export function flat(parameters: Parameters, above = ""): readonly (readonly [string, unknown])[] {
  return Object.entries(parameters).flatMap(([key, value]) =>
    typeof value === "object" && value !== null
      ? flat({ ...value }, `${above}${key}.`)
      : [[`${above}${key}`, value] as const],
  );
}

/**
 * The algorithms that hash differ only in where the key comes from. In a simulation this makes no difference, so the
 * page offers one of them.
 */
const ONE_HASH = "uri";
export const isHash = (algorithm: string) =>
  subjectOf(algorithm)?.title === subjectOf(ONE_HASH)?.title;

/** The algorithms that the page offers. */
export const OFFERED = ALGORITHMS.filter((name) => name === ONE_HASH || !isHash(name));
