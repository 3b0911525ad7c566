// An algorithm as everything else knows it: how to make its picker, what can be tuned, what it needs from the
// balancer around it, and the words for people. What is forgotten or superfluous does not compile.
import { type Options, type ParametersOf, tuningsIn } from "./options.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/** Where the key is that keeps requests together: the client's address, the path, or a value found by its name. */
export type KeySource = "address" | "path" | "header" | "query" | "cookie";

/** So that nothing is extracted, timed or asked in vain. */
export interface Traits {
  /** Keeps requests together by the key found there; undefined = by nothing. */
  readonly key: KeySource | undefined;
  /** Follows a weight that changes in small steps; where not, slow start would be ignored or move keys. */
  readonly slowStart: boolean;
  /** Learns from what servers report. */
  readonly reports: boolean;
  /** Asks for probes. */
  readonly probes: boolean;
  /** A pick may look at every server; the others are O(1) or O(log n). */
  readonly scans: boolean;
}

/** What most are: they draw or count, and follow the weights. */
export const PLAIN: Traits = {
  key: undefined,
  slowStart: true,
  reports: false,
  probes: false,
  scans: false,
};

/** For people who choose among algorithms. */
export interface Words {
  /** Algorithms with the same title are one under several names. */
  readonly title: string;
  /** In a sentence. */
  readonly idea: string;
  /** Who described it first. */
  readonly paper: string;
  readonly href?: string;
}

/** Makes a picker; what `parameters` leaves out has its default. Throws a RangeError on nonsense. */
export type PickerFactory<P> = <S extends PickServer>(
  environment: PickerEnvironment,
  parameters?: Partial<P>,
) => Picker<S>;

export interface Algorithm<O extends Options = Options, P = ParametersOf<O>> extends Words {
  readonly traits: Traits;
  readonly options: O;
  readonly defaults: P;
  readonly open: PickerFactory<P>;
}

type PickerClass<P> = new <S extends PickServer>(
  environment: PickerEnvironment,
  parameters: P,
) => Picker<S>;

interface Parts<O extends Options, P> extends Words {
  readonly traits: Traits;
  readonly options: O & Fits<O, P>;
  readonly picker: PickerClass<P>;
}

/** Refuses options that leave out a parameter of the picker, or tune one that it does not know. */
type Fits<O extends Options, P> = [ParametersOf<O>] extends [P]
  ? [keyof ParametersOf<O>] extends [keyof P]
    ? unknown
    : { readonly "the picker has no such parameter": Exclude<keyof ParametersOf<O>, keyof P> }
  : { readonly "the options do not give what the picker wants": P };

/** Its row in `algorithms.ts` gives it the name. */
export function defineAlgorithm<const O extends Options, P>(parts: Parts<O, P>): Algorithm<O> {
  const { picker: Made, options, ...rest } = parts;
  const defaults = Object.fromEntries(
    tuningsIn(options).map(([, { tunes, default: value }]) => [tunes, value]),
  ) as ParametersOf<O>;
  return {
    ...rest,
    options,
    defaults,
    // `Fits` has seen to it that these are the picker's parameters.
    open: (environment, parameters) =>
      new Made(environment, { ...defaults, ...parameters } as unknown as P),
  };
}
