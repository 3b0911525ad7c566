// Makes the filters that a section of the configuration asks for, in the order of the registry's rows.
import type { Filter, FilterKind, Surroundings } from "@tandem/filters";

/**
 * Returns the filters that `section` asks for. Throws when a filter cannot be made from its
 * configuration; the error is the error that `open` of the filter's row has thrown.
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
