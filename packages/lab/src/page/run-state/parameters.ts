// The parameters that this page offers for each algorithm. They are the balancer's own parameters, with ranges for
// experiments.
import { type Tuning, tuningsIn } from "@tandem/balancer/pickers";
import { ALGORITHMS, subjectOf } from "../../sim/algorithms.ts";

export type Tunable = { readonly name: string; readonly label: string } & (
  | {
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly usual: number;
    }
  | { readonly kind: "choice"; readonly options: readonly string[]; readonly usual: string }
);

/**
 * Returns the parameters that a visitor can set for an algorithm. These are the parameters for which the algorithm's
 * row in the registry describes a form field.
 */
export function tunablesOf(algorithm: string): readonly Tunable[] {
  return tuningsIn(subjectOf(algorithm)?.options ?? {}).flatMap(([, tuning]) => tunableOf(tuning));
}

function tunableOf({ tunes: name, values, default: usual, field }: Tuning): Tunable[] {
  if (field === undefined) return [];
  const { label } = field;
  if (values.kind === "choice")
    return [{ name, label, kind: "choice", options: values.among, usual: String(usual) }];
  if (!("range" in field)) return [];
  const [min, max, step] = field.range;
  return [{ name, label, kind: "number", min, max, step, usual: Number(usual) }];
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

/** Returns why the parameter cannot have `value`; undefined when it can. */
export function tunableFault(tunable: Tunable, value: unknown): string | undefined {
  if (tunable.kind === "choice")
    return tunable.options.includes(String(value))
      ? undefined
      : `is one of ${tunable.options.join(", ")}`;
  const { min, max, step, name } = tunable;
  const whole = Number.isInteger(step) && Number.isInteger(min);
  if (
    typeof value !== "number" ||
    !(value >= min && value <= max) ||
    (whole && !Number.isInteger(value))
  )
    return `is ${whole ? "a whole number" : "a number"} from ${min} to ${max}`;
  return name === "balanceFactor" && value > 0 && value < 1
    ? "is 0 (off) or at least 1"
    : undefined;
}
