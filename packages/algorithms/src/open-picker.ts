// Makes a picker from an algorithm's name.
import { ALGORITHMS, type AlgorithmName } from "./algorithms.ts";
import type { Algorithm, PickerFactory } from "./define.ts";
import type { Picker, PickerEnvironment, PickServer } from "./picker.ts";

/** The parameters of each algorithm's picker. */
export type AlgorithmParameters = {
  readonly [Name in AlgorithmName]: (typeof ALGORITHMS)[Name]["defaults"];
};

const FACTORIES: {
  readonly [Name in AlgorithmName]: { readonly open: PickerFactory<AlgorithmParameters[Name]> };
} = ALGORITHMS;

/** The row of a name that is known only at run time; undefined when there is no such algorithm. */
export function algorithmOf(name: string): Algorithm | undefined {
  return Object.hasOwn(ALGORITHMS, name)
    ? (ALGORITHMS as Readonly<Record<string, Algorithm>>)[name]
    : undefined;
}

/**
 * Makes a picker of the named algorithm. A parameter that `parameters` leaves out has its default. Throws a
 * RangeError on a value out of range.
 */
export function openPicker<S extends PickServer, Name extends AlgorithmName = AlgorithmName>(
  name: Name,
  environment: PickerEnvironment,
  parameters?: Partial<AlgorithmParameters[Name]>,
): Picker<S> {
  return FACTORIES[name].open<S>(environment, parameters);
}
