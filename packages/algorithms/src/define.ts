// What the other packages know of an algorithm: how to make its picker, its options, what it needs from the balancer,
// and a description for people. A definition with a part missing, or with an unknown part, does not compile.
import { type Options, type ParametersOf, tuningsIn } from "./options.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/**
 * The part of a request from which its key is made: the client's address, the path, or a named header, query parameter
 * or cookie. Requests with the same key go to the same server.
 */
export type KeySource = "address" | "path" | "header" | "query" | "cookie";

/**
 * Tells the balancer what the algorithm uses. The balancer then does only the work that this algorithm needs: finding
 * keys, reading load reports, sending probes.
 */
export interface Traits {
  /** The part of a request from which its key is made; undefined = the algorithm uses no key. */
  readonly key: KeySource | undefined;
  /**
   * Whether the picker follows a weight that changes in small steps, as it does during slow start.
   * In the other algorithms slow start would have no effect, or would move keys to other servers.
   */
  readonly slowStart: boolean;
  /** Whether the picker learns from the load reports of servers. */
  readonly reports: boolean;
  /** Whether the picker asks the balancer to send probes. */
  readonly probes: boolean;
  /**
   * Whether a pick may look at every server. If not, a pick is O(1) or O(log n) for n servers. Not
   * used for the algorithms that hash, because their cost depends on the hashing method.
   */
  readonly scans: boolean;
}

/**
 * The traits of an algorithm that follows the weights and needs no keys, reports or probes. Other
 * algorithms change single traits.
 */
export const PLAIN: Traits = {
  key: undefined,
  slowStart: true,
  reports: false,
  probes: false,
  scans: false,
};

/** Describes the algorithm for people who choose among algorithms. */
export interface Words {
  /**
   * The algorithm's title. Algorithms with the same title (`source`, `uri` …) are variants of one
   * algorithm.
   */
  readonly title: string;
  /** The algorithm's idea, in a sentence. */
  readonly idea: string;
  /** The paper or project that first described the algorithm. */
  readonly paper: string;
  readonly href?: string;
}

/**
 * Makes a picker. A parameter left out of `parameters` gets its default. Throws a RangeError when a value is out of
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

/**
 * A compile-time check. It fails when the options leave out a parameter of the picker, give a
 * parameter another type, or set a parameter which the picker does not have.
 */
type Fits<O extends Options, P> = [ParametersOf<O>] extends [P]
  ? [keyof ParametersOf<O>] extends [keyof P]
    ? unknown
    : { readonly "the picker has no such parameter": Exclude<keyof ParametersOf<O>, keyof P> }
  : { readonly "the options lack a parameter of the picker": P };

/** Defines an algorithm. The algorithm's name is the key of its row in `algorithms.ts`. */
export function defineAlgorithm<const O extends Options, P>(parts: Parts<O, P>): Algorithm<O> {
  const { picker: Made, options, ...rest } = parts;
  const defaults = Object.fromEntries(
    tuningsIn(options).map(([, { tunes, default: value }]) => [tunes, value]),
  ) as ParametersOf<O>;
  return {
    ...rest,
    options,
    defaults,
    // The cast is safe: the type `Fits` has checked that `defaults` has all parameters of the
    // picker.
    open: (environment, parameters) =>
      new Made(environment, { ...defaults, ...parameters } as unknown as P),
  };
}
