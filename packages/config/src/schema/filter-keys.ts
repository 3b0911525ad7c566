// Makes the keys of a frontend or a route that belong to filters. They are made from the tables in @tandem/filters,
// which have a row for each filter, so every key in a row is accepted, described and checked here.
import type { FilterKeys, FilterKind } from "@tandem/filters";
import { z } from "zod";
import { encoded, hostPattern } from "./units.ts";

const ZOD = {
  array: z.array,
  boolean: z.boolean,
  enum: z.enum,
  int: z.int,
  literal: z.literal,
  number: z.number,
  strictObject: z.strictObject,
  string: z.string,
};
const WORDS = { z: ZOD, encoded, hostPattern };

/** Returns the schema of each row's key. */
export function filterKeys<R extends Readonly<Record<string, FilterKind>>>(rows: R): FilterKeys<R> {
  const keys = Object.entries(rows).map(([key, kind]) => [key, kind.schema(WORDS)] as const);
  return Object.fromEntries(keys) as FilterKeys<R>;
}
