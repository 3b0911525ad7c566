// The state folder of a file that is not right: what runs from it is found there, whatever else is wrong.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { YamlSource } from "./document.ts";
import { expandVariables } from "./expand.ts";
import type { LoadOptions } from "./load.ts";
import { config as schema } from "./schema/config.ts";

/** As far as can be told: where `state` cannot be read, its default. Undefined when the file cannot be read at all. */
export function probableState(file: string, options: LoadOptions = {}): string | undefined {
  try {
    const source = new YamlSource(readFileSync(file, "utf8"));
    expandVariables(source, { box: options.box, env: options.env ?? process.env });
    const { data } = schema.shape.state.safeParse(source.node(["state"])?.toJS(source.document));
    return resolve(dirname(file), data ?? schema.shape.state.parse(undefined));
  } catch {
    return undefined;
  }
}
