// Makes the picker of a custom algorithm, the same way in the balancer and in the laboratory. Nothing here needs Node, so
// that it runs in the laboratory's page too.
import type { Picker, PickerEnvironment, PickServer } from "@tandem/algorithms";

/** The function that a module exports under the name `createPicker`. It is called once per thread and configuration. */
export type CreatePicker = <S extends PickServer>(
  environment: PickerEnvironment,
  parameters: Readonly<Record<string, unknown>>,
) => Picker<S>;

/** The page that says what a module has to export. */
export const MODULE_PAGE = "docs/concepts/load-balancer.md#your-own-algorithm";

/** How messages about a module name it, and how they describe what the module threw. */
export interface ModuleWords {
  readonly module: string;
  readonly describe: (thrown: unknown) => string;
}

/**
 * Returns the function `createPicker` of a loaded module. Throws, with a message for the module's author, when there is
 * none.
 */
export function createPickerOf(
  loaded: object,
  { module }: Pick<ModuleWords, "module">,
): CreatePicker {
  const create = (loaded as { readonly createPicker?: unknown }).createPicker;
  if (typeof create === "function") return create as CreatePicker;
  const names = Object.keys(loaded);
  throw new Error(
    `${module} exports ${names.length === 0 ? "nothing" : names.join(", ")}, expected a function 'createPicker'; see ${MODULE_PAGE}`,
  );
}

/**
 * Makes the picker of a module, and checks the picker as far as that is possible without requests. Throws, with a
 * message for the module's author, when the module's result is not a picker.
 */
export function makePicker<S extends PickServer>(
  create: CreatePicker,
  environment: PickerEnvironment,
  parameters: Readonly<Record<string, unknown>>,
  words: ModuleWords,
): Picker<S> {
  const made = attempt(words, "createPicker threw", () => create<S>(environment, parameters));
  if (made instanceof Promise) {
    // A rejection that nothing handles would end the process.
    made.catch(() => undefined);
    throw new Error(
      `${words.module}: createPicker returned a promise, expected the picker itself; prepare it with 'await' at the top of the file instead; see ${MODULE_PAGE}`,
    );
  }
  for (const method of ["update", "pick"] as const)
    if (typeof made?.[method] !== "function")
      throw new Error(
        `${words.module}: what createPicker returned has no method '${method}(…)'; see ${MODULE_PAGE}`,
      );
  attempt(words, "update([]) threw", () => made.update([]));
  return made;
}

function attempt<T>({ module, describe }: ModuleWords, what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${module}: ${what}: ${describe(error)}`);
  }
}
