// Lists the files that a configuration names, for code that checks the files themselves.
import type { z } from "zod";
import { type Config, config as configSchema } from "./schema/config.ts";
import { child, metaOf } from "./shape.ts";

export interface NamedFile {
  /** The path of the key that names the file, such as `webserver.tls.cert`. */
  readonly setting: string;
  readonly file: string;
}

/** Returns every file that a section of `config` names, in the order of the section. Folders are left out. */
export function namedFiles(config: Config, section: keyof Config): readonly NamedFile[] {
  return found(config[section], child(configSchema, section), section);
}

function found(
  value: unknown,
  schema: z.core.$ZodType | undefined,
  setting: string,
): readonly NamedFile[] {
  if (schema === undefined) return [];
  if (typeof value === "string")
    return metaOf(schema).title === "file" ? [{ setting, file: value }] : [];
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      found(item, child(schema, index), `${setting}[${index}]`),
    );
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    found(inner, child(schema, key), `${setting}.${key}`),
  );
}
