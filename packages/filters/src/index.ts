// The kinds of filters, and the interface of a filter. This package imports only types from @tandem/http, so that code
// that reads the configuration does not load the HTTP code.
export type { FilterKeys, FilterKind, Surroundings, Vocabulary } from "./define.ts";
export type * from "./filter.ts";
export { FRONTEND_FILTERS, ROUTE_FILTERS } from "./filters.ts";
