// Makes the paths in a configuration absolute. `tls/site.crt` in a file means a file below the folder of the
// configuration file. So every command finds that file, whatever folder the command is called from.
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { absoluteDatabaseUrl } from "./database-url.ts";
import { child, metaOf } from "./shape.ts";

type Absolute = (written: string, folder: string) => string;

const path: Absolute = (written, folder) => resolve(folder, written);

/** Functions that make a value's path absolute, by the title of the schema that accepts the value. */
const PATHS: Readonly<Record<string, Absolute>> = {
  file: path,
  folder: path,
  "database URL": absoluteDatabaseUrl,
};

/**
 * Returns `config` with every path made absolute; relative paths are resolved from the folder of `file`. `config`
 * must already have passed `schema`.
 */
export function withAbsolutePaths<T>(config: T, schema: z.core.$ZodType, file: string): T {
  return located(config, schema, resolve(dirname(file))) as T;
}

function located(value: unknown, schema: z.core.$ZodType | undefined, folder: string): unknown {
  if (schema === undefined) return value;
  if (typeof value === "string") {
    const absolute = PATHS[metaOf(schema).title ?? ""];
    return absolute === undefined ? value : absolute(value, folder);
  }
  if (Array.isArray(value))
    return value.map((item, index) => located(item, child(schema, index), folder));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, located(inner, child(schema, key), folder)]),
  );
}
