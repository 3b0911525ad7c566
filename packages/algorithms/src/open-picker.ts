// Makes the picker of an algorithm that is given by its name.
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

/**
 * Returns the row of ALGORITHMS for a name that is known only at run time; undefined when there is
 * no such algorithm.
 */
export function algorithmOf(name: string): Algorithm | undefined {
  return Object.hasOwn(ALGORITHMS, name)
    ? (ALGORITHMS as Readonly<Record<string, Algorithm>>)[name]
    : undefined;
}

/**
 * Makes a picker of the named algorithm. A parameter left out of `parameters` gets its default. Throws a RangeError
 * when a value is out of range.
 */
export function openPicker<S extends PickServer, Name extends AlgorithmName = AlgorithmName>(
  name: Name,
  environment: PickerEnvironment,
  parameters?: Partial<AlgorithmParameters[Name]>,
): Picker<S> {
  return FACTORIES[name].open<S>(environment, parameters);
}
