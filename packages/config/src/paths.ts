// Paths in a configuration. `tls/site.crt` in a file means a file below the folder of the configuration, so that
// every command finds the same file, whatever folder it is called from.
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { child, metaOf } from "./shape.ts";

type Absolute = (written: string, folder: string) => string;

const path: Absolute = (written, folder) => resolve(folder, written);

/** How a path is made absolute, by the title of the schema that accepts the value. */
const PATHS: Readonly<Record<string, Absolute>> = {
  file: path,
  folder: path,
  "database URL": absoluteDatabaseUrl,
};

/**
 * `config` with every path made absolute; relative paths start at the folder of `file`. `schema` must have accepted
 * it.
 */
export function withAbsolutePaths<T>(config: T, schema: z.core.$ZodType, file: string): T {
  return located(config, schema, resolve(dirname(file))) as T;
}

/**
 * `sqlite:site.db` with the path below `folder`. A server's URL and `sqlite::memory:` name no file and stay as they
 * are.
 */
export function absoluteDatabaseUrl(url: string, folder: string): string {
  const written = /^sqlite:(?!:memory:$)(.+)$/.exec(url)?.[1];
  return written === undefined ? url : `sqlite:${resolve(folder, written)}`;
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
