// From an algorithm's name to a picker of it.
import { ALGORITHMS, type AlgorithmName } from "./algorithms.ts";
import type { Algorithm, PickerFactory } from "./define.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/** What each algorithm is tuned by. */
export type AlgorithmParameters = {
  readonly [Name in AlgorithmName]: (typeof ALGORITHMS)[Name]["defaults"];
};

const FACTORIES: {
  readonly [Name in AlgorithmName]: { readonly open: PickerFactory<AlgorithmParameters[Name]> };
} = ALGORITHMS;

/** The row of a name that is only known at run time; undefined when there is none. */
export function algorithmOf(name: string): Algorithm | undefined {
  return Object.hasOwn(ALGORITHMS, name)
    ? (ALGORITHMS as Readonly<Record<string, Algorithm>>)[name]
    : undefined;
}

/** A picker of that name; what `parameters` leaves out has its default. Throws a RangeError on nonsense. */
export function openPicker<S extends PickServer, Name extends AlgorithmName = AlgorithmName>(
  name: Name,
  environment: PickerEnvironment,
  parameters?: Partial<AlgorithmParameters[Name]>,
): Picker<S> {
  return FACTORIES[name].open<S>(environment, parameters);
}
