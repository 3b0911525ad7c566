// Algorithms from the operator's own files: `algorithm: module`, `module: ./FILE.ts`. The files are loaded with the
// configuration. A reload loads a file again if the file has changed. When a file cannot be loaded, the reload changes
// nothing.
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Picker, PickerEnvironment, PickServer } from "@tandem/algorithms";
import type { BalanceConfig, BalancerConfig } from "@tandem/config";
import { describeThrown } from "@tandem/transport";
import { type CreatePicker, createPickerOf, MODULE_PAGE, makePicker } from "./create-picker.ts";

/** The loaded functions, by the path of their module. */
export type CustomAlgorithms = ReadonlyMap<string, CreatePicker>;

export const NO_CUSTOMS: CustomAlgorithms = new Map();

/**
 * Loads the modules that the backends name. Rejects, with a message for the operator, when a module cannot be used.
 * `settingOf` turns a backend's name into the backend's path in the configuration, for that message.
 */
export async function loadCustoms(
  { backends }: Pick<BalancerConfig, "backends">,
  settingOf = (name: string) => `balancer.backends.${name}`,
): Promise<CustomAlgorithms> {
  const customs = new Map<string, CreatePicker>();
  for (const [name, { balance }] of Object.entries(backends)) {
    const { module } = balance;
    if (balance.algorithm !== "module" || module === undefined || customs.has(module)) continue;
    customs.set(module, await loadModule(module, `${settingOf(name)}.balance.module`));
  }
  return customs;
}

/**
 * Makes the picker of a module, and checks the picker as far as that is possible without requests. Throws when the
 * module's result is not a picker.
 */
export function customPicker<S extends PickServer>(
  { module = "", parameters = {} }: BalanceConfig,
  environment: PickerEnvironment,
  customs: CustomAlgorithms,
): Picker<S> {
  const create = customs.get(module);
  if (create === undefined)
    throw new Error(
      `balance.module ${module}: only tandem-balancer and tandem-webserver load algorithms; a program that embeds the balancer cannot`,
    );
  const words = { module: `balance.module ${module}`, describe: describeThrown };
  return makePicker<S>(create, environment, parameters, words);
}

/** The codes of Node's errors for a file that is JSON, or of a kind that Node does not know. */
const NO_PROGRAM = new Set(["ERR_IMPORT_ATTRIBUTE_MISSING", "ERR_UNKNOWN_FILE_EXTENSION"]);

/**
 * Loads one module. `setting` names the place where the module is written, for the message. Rejects, with a message for
 * the operator, when there is no such file, when it cannot be loaded, or when it does not export `createPicker`.
 */
export async function loadModule(module: string, setting: string): Promise<CreatePicker> {
  const stat = statSync(module, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`${setting}: there is no file ${module}`);
  // Node loads a module once per URL. The time of the file's last change in the URL makes Node load a changed file
  // again.
  const url = `${pathToFileURL(module).href}?changed=${stat.mtimeMs}`;
  const loaded: unknown = await import(url).catch((error: unknown) => {
    if (NO_PROGRAM.has(Object(error).code) && !/\.[cm]?[jt]s$/.test(module))
      throw new Error(
        `${setting}: ${module} is no program, expected a .ts or .js file that exports createPicker; see ${MODULE_PAGE}`,
      );
    throw new Error(`${setting}: ${module} cannot be loaded: ${describeThrown(error)}`);
  });
  return createPickerOf(Object(loaded), { module: `${setting}: ${module}` });
}
