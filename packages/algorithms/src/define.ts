// What the other packages know of an algorithm: how to make its picker, its options, what it needs from the
// balancer, and its description for people. A definition that lacks a part, or has one too many, does not compile.
import { type Options, type ParametersOf, tuningsIn } from "./options.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/** Where the key is found that keeps requests together: the client's address, the path, or a value with a name. */
export type KeySource = "address" | "path" | "header" | "query" | "cookie";

/** Tells the balancer what the algorithm uses, so that it extracts, times and asks for nothing else. */
export interface Traits {
  /** Where the key is that keeps requests together; undefined = the algorithm uses no key. */
  readonly key: KeySource | undefined;
  /**
   * The picker follows a weight that changes in small steps. Where it does not, slow start would have no effect or
   * would move keys.
   */
  readonly slowStart: boolean;
  /** The picker learns from the load reports of servers. */
  readonly reports: boolean;
  /** The picker asks the balancer to send probes. */
  readonly probes: boolean;
  /** A pick may look at every server. All other picks are O(1) or O(log n). */
  readonly scans: boolean;
}

/** The traits of most algorithms: they draw or count, and follow the weights. */
export const PLAIN: Traits = {
  key: undefined,
  slowStart: true,
  reports: false,
  probes: false,
  scans: false,
};

/** The description for people who choose among algorithms. */
export interface Words {
  /** Algorithms with the same title are one algorithm under several names. */
  readonly title: string;
  /** The idea, in a sentence. */
  readonly idea: string;
  /** The paper or project that described it first. */
  readonly paper: string;
  readonly href?: string;
}

/**
 * Makes a picker. A parameter that `parameters` leaves out has its default. Throws a RangeError on a value out of
 * range.
 */
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

/** Refuses options that leave out a parameter of the picker, or that tune one which the picker does not have. */
type Fits<O extends Options, P> = [ParametersOf<O>] extends [P]
  ? [keyof ParametersOf<O>] extends [keyof P]
    ? unknown
    : { readonly "the picker has no such parameter": Exclude<keyof ParametersOf<O>, keyof P> }
  : { readonly "the options lack a parameter of the picker": P };

/** Defines an algorithm. Its row in `algorithms.ts` gives it the name. */
export function defineAlgorithm<const O extends Options, P>(parts: Parts<O, P>): Algorithm<O> {
  const { picker: Made, options, ...rest } = parts;
  const defaults = Object.fromEntries(
    tuningsIn(options).map(([, { tunes, default: value }]) => [tunes, value]),
  ) as ParametersOf<O>;
  return {
    ...rest,
    options,
    defaults,
    // The type `Fits` has checked that these are the picker's parameters.
    open: (environment, parameters) =>
      new Made(environment, { ...defaults, ...parameters } as unknown as P),
  };
}
