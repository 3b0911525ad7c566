// Finds the folder in which running processes keep their state (the key `state`), even when the rest of the
// configuration file is wrong. Commands look in this folder for the running processes.
import { dirname, resolve } from "node:path";
import { readConfigText } from "./config-text.ts";
import { YamlSource } from "./document.ts";
import { expandVariables } from "./expand.ts";
import type { LoadOptions } from "./load.ts";
import { config as schema } from "./schema/config.ts";

/**
 * Returns the folder that the key `state` of the file names. Returns the default folder when the key is absent or its
 * value invalid, and undefined when the file cannot be read.
 */
export function probableState(file: string, options: LoadOptions = {}): string | undefined {
  try {
    const source = new YamlSource(readConfigText(file));
    expandVariables(source, { box: options.box, env: options.env ?? process.env });
    const { data } = schema.shape.state.safeParse(source.node(["state"])?.toJS(source.document));
    return resolve(dirname(file), data ?? schema.shape.state.parse(undefined));
  } catch {
    return undefined;
  }
}
