// The kinds of filters, and the interface of a filter. It imports only types of @tandem/http, so that a reader of the
// configuration does not load the HTTP code.
export type { FilterKeys, FilterKind, Surroundings, Vocabulary } from "./define.ts";
export type * from "./filter.ts";
export { FRONTEND_FILTERS, ROUTE_FILTERS } from "./filters.ts";
