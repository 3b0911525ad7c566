// The keys of a frontend or a route that are for filters: made from the rows of @tandem/filters, so that what is
// written there is accepted, described and checked here.
import type { FilterKeys, FilterKind } from "@tandem/filters";
import { encoded, hostPattern } from "./units.ts";

const WORDS = { encoded, hostPattern };

/** The schema of each row's key. */
export function filterKeys<R extends Readonly<Record<string, FilterKind>>>(rows: R): FilterKeys<R> {
  const keys = Object.entries(rows).map(([key, kind]) => [key, kind.schema(WORDS)] as const);
  return Object.fromEntries(keys) as FilterKeys<R>;
}
