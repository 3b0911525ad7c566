// Compiles the filter chains of a frontend and of its routes, from the configuration and the filters that an embedding
// program adds.
import type { FrontendConfig } from "@tandem/config";
import { type Filter, FRONTEND_FILTERS, ROUTE_FILTERS } from "@tandem/filters";
import { FilterChain } from "../filter/chain.ts";
import type { FilterEnvironment } from "../filter/failure.ts";
import { openFilters } from "../filter/open-filters.ts";
import { redirectHosts } from "./redirect-hosts.ts";

/** The objects that are needed to make filters. */
export interface FilterSurroundings extends FilterEnvironment {
  /** Filters that an embedding program adds to every frontend. They are asked after the configured filters. */
  readonly added: readonly Filter[];
}

export interface PlannedFilters {
  readonly frontend: FilterChain | undefined;
  readonly ofRoute: (route: FrontendConfig["routes"][number]) => FilterChain | undefined;
}

/** Makes the filter chains. Throws when a filter cannot be made from its configuration. */
export function planFilters(
  config: FrontendConfig,
  all: Readonly<Record<string, FrontendConfig>>,
  surroundings: FilterSurroundings,
): PlannedFilters {
  const siteHosts = (besides: readonly string[]) => redirectHosts(besides, all);
  const written = openFilters(FRONTEND_FILTERS, config, { siteHosts });
  const frontend = FilterChain.of([...written, ...surroundings.added], surroundings);
  return {
    frontend,
    ofRoute: (route) =>
      FilterChain.of(openFilters(ROUTE_FILTERS, route, { siteHosts }), surroundings, frontend),
  };
}
