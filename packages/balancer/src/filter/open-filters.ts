// Makes the filters that a section of the configuration asks for, in the order of the registry's rows.
import type { Filter, FilterKind, Surroundings } from "@tandem/filters";

/**
 * Makes the filters. Throws when a filter cannot be made from its configuration. The error comes from the filter's
 * kind.
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
