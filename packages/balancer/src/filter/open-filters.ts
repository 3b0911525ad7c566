// Makes the filters that a section of the configuration asks for, in the order of the table of filter kinds.
import type { Filter, FilterKind, Surroundings } from "@tandem/filters";

/**
 * Returns the filters that `section` asks for. `rows` has each kind of filter by its key in `section`. When a filter
 * cannot be made from its configuration, throws the error that the kind's `open` has thrown.
 */
export function openFilters(
  rows: Readonly<Record<string, FilterKind>>,
  section: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
): readonly Filter[] {
  return Object.entries(rows)
    .map(([key, kind]) => kind.open(section[key], surroundings))
    .filter((filter) => filter !== undefined);
}
